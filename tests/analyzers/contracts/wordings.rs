// How people say why a block is sound.

fn f(p: *const u8) {
    // SAFETY: the pointer is valid.
    unsafe { a(p) }

    // Safety: the pointer is valid.
    unsafe { a(p) }

    // safety: the pointer is valid.
    unsafe { a(p) }

    // SAFETY - the pointer is valid.
    unsafe { a(p) }

    // # Safety
    // The pointer is valid.
    unsafe { a(p) }

    // SOUNDNESS: the pointer is valid.
    unsafe { a(p) }

    // Soundness: the pointer is valid.
    unsafe { a(p) }

    /* SAFETY: the pointer is valid. */
    unsafe { a(p) }

    /*
     * SAFETY: the pointer is valid.
     */
    unsafe { a(p) }

    // The length was checked above.
    // SAFETY: and so the pointer is valid,
    // for as long as this lives.
    unsafe { a(p) }

    // Safe because the pointer is valid.
    unsafe { a(p) }

    // This is safe: the pointer is valid.
    unsafe { a(p) }

    // safe: the pointer is valid.
    unsafe { a(p) }

    // Unsafe: the pointer has to be valid, and it is.
    unsafe { a(p) }

    //SAFETY:the pointer is valid
    unsafe { a(p) }
}
