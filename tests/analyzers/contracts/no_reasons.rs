// Comments that give no reason.

fn f(p: *const u8) {
    unsafe { a(p) } //~ missing-safety-comment

    // Reads the first byte.
    unsafe { a(p) } //~ missing-safety-comment

    // TODO: is there a safer way to do this?
    unsafe { a(p) } //~ missing-safety-comment

    // unsafe
    unsafe { a(p) } //~ missing-safety-comment

    // TODO add a "SAFETY" comment
    unsafe { a(p) } //~ missing-safety-comment

    let text = "SAFETY: in a string";
    unsafe { a(text) } //~ missing-safety-comment
}

// SAFETY: of the function, not of what is in it.
fn g(p: *const u8) {
    h();
    unsafe { a(p) } //~ missing-safety-comment
}
