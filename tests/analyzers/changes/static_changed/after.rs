static mut A: u16 = 0; //~ changed:static-mut from=1
static mut B: u8 = 1; //~ changed:static-mut from=2
static mut C: u8 = 0; //~ added:static-mut
static D: [Node; 4] = build(1, 2);
