// Definitions and calls of macros.

macro_rules! read {
    ($p:expr) => {
        unsafe { *$p } //~ missing-safety-comment
    };
    (checked $p:expr) => {
        // SAFETY: the caller checked.
        unsafe { *$p }
    };
}

fn f(p: *const u8) {
    // SAFETY: above the call.
    assert_eq!(unsafe { *p }, 0);

    assert_eq!(unsafe { *p }, 0); //~ missing-safety-comment

    assert_eq!(
        // SAFETY: in front of the argument.
        unsafe { *p },
        0,
    );

    // SAFETY: above a call over several lines.
    println!(
        "{}",
        unsafe { *p },
    );
}

thread_local! {
    // SAFETY: it is this thread's own.
    static CELL: u8 = unsafe { init() };
}
