// One comment may cover neighbours, but nothing further.

fn f(p: *const u8) {
    // SAFETY: both are valid.
    let a = unsafe { read(p) };
    let b = unsafe { read(p) };

    let c = unsafe { read(p) }; //~ missing-safety-comment
    other();
    let d = unsafe { read(p) }; //~ missing-safety-comment
}

// SAFETY: the pointer is owned.
unsafe impl Send for Ring {}
unsafe impl Sync for Ring {}

unsafe impl Send for Other {} //~ missing-safety-comment

fn g(p: *const u8) {
    // SAFETY: two in one line.
    (unsafe { read(p) }, unsafe { read(p) });
}
