// SAFETY: reads what the writer wrote, and nothing after it.
/* more */ unsafe /* in between */ fn f(p: *const u8) -> u8 {
    unsafe { /* { */ *p } // "
}
