unsafe fn first() { a() }
unsafe fn second() { b() }
fn third() { unsafe { c() } }
unsafe impl Send for Ring {}
