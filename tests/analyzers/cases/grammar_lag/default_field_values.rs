// RFC 3681: a field with a default, and its use.
struct Point { x: u8 = unsafe { g() }, y: u8 = const { 1 } } //~ unsafe-block
fn f() { unsafe { Point { x: 1, .. } } } //~ unsafe-block
