// One blank line may stand between a comment and its code, two may not; other code may not.

fn f(p: *const u8) {
    // SAFETY: one blank line.

    unsafe { a(p) }

    // SAFETY: two blank lines.


    unsafe { a(p) } //~ missing-safety-comment

    // SAFETY: of the other statement.
    b();
    unsafe { a(p) } //~ missing-safety-comment

    b(); // SAFETY: behind the other statement.
    unsafe { a(p) } //~ missing-safety-comment
}
