#ifndef RING_H
#define RING_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

typedef struct ByteRing ByteRing;

ByteRing *ring_new(void);
void ring_free(ByteRing *ring);
bool ring_push(ByteRing *ring, uint8_t byte);
uint8_t *ring_drain(ByteRing *ring, size_t *len);
uint8_t *ring_append(ByteRing *ring, uint8_t *array, size_t *len);

#endif
