"""Turns plain values into dataclasses with msgspec, from any number of threads at once.

msgspec works out what a dataclass looks like when it first meets it. Two threads that do so at the same time make it
read what the other one has not written yet, and end the whole process (0.22.0). So each shape is met under a lock.
"""

from __future__ import annotations

import functools
import threading
from collections.abc import Callable
from typing import Any, TypeVar

T = TypeVar("T")

_LOCK = threading.Lock()


def decoded(values: Any, shape: type[T]) -> T:
    """JSON values as a shape: a dataclass, or anything made of dataclasses.

    Raises:
        ValueError: they do not fit; msgspec's ``ValidationError``, which says where.
    """
    import msgspec

    _meet(shape)  # type: ignore[arg-type]  # a type is hashable; typeshed's _Hashable does not know it of type[T]
    return msgspec.convert(values, shape)


def message_decoder(shape: Any) -> Callable[[bytes], Any]:
    """Reads MessagePack as a shape; the result raises msgspec's ``DecodeError``, a ValueError."""
    decode: Callable[[bytes], Any] = _meet(shape).decode
    return decode


@functools.cache
def _meet(shape: Any) -> Any:
    import msgspec

    with _LOCK:
        return msgspec.msgpack.Decoder(shape)
