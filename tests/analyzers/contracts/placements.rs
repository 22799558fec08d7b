// Where the reason may stand.

fn f(p: *const u8) -> u8 {
    // SAFETY: above, with an attribute in between.
    #[allow(clippy::cast)]
    unsafe { a(p) };

    #[allow(clippy::cast)]
    // SAFETY: below an attribute.
    unsafe { a(p) };

    unsafe {
        // SAFETY: inside, first.
        a(p)
    };

    unsafe { a(p) }; // SAFETY: behind, on the same line.

    unsafe { /* SAFETY: inside, on the same line. */ a(p) };

    /* SAFETY: in front, on the same line. */ unsafe { a(p) };

    // SAFETY: above the statement.
    let x = unsafe { a(p) };

    // SAFETY: above a statement of several lines.
    let y = b(
        x,
        unsafe { a(p) },
    );

    let z =
        // SAFETY: between the equals sign and the block.
        unsafe { a(p) };

    // SAFETY: above a return.
    return unsafe { a(p) };
}

fn g(x: Option<u8>) -> u8 {
    match x {
        // SAFETY: above an arm.
        Some(0) => unsafe { a() },
        Some(1) => {
            // SAFETY: inside an arm.
            unsafe { a() }
        }
        Some(2) =>
            // SAFETY: behind an arrow.
            unsafe { a() },
        Some(3) => b(),
        _ => unsafe { a() }, //~ missing-safety-comment
    }
}

// SAFETY: above a static.
static S: &[u8] = unsafe { slice() };

static T: &[u8] = unsafe { slice() }; //~ missing-safety-comment

fn h() {
    // SAFETY: above the condition.
    if unsafe { a() } {
        b();
    }
    b(|| {
        // SAFETY: inside a closure.
        unsafe { a() }
    });
    // SAFETY: above a chain.
    c.iter()
        .map(|x| unsafe { a(x) })
        .count();
}
