static mut A: u8 = 0;
static mut B: u8 = 0;
static C: u8 = 0;
static mut D: [Node; 4] = build(1, 2); //~ removed:static-mut
