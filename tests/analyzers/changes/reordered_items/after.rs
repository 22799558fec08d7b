unsafe impl Send for Ring {}
fn third() { unsafe { c() } }
unsafe fn second() { b() }
unsafe fn first() { a() }
