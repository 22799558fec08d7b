#[repr(C)] struct Fields { b: u16, a: u8 } //~ changed:layout from=1
#[repr(C, packed)] struct Arguments { a: u8 } //~ changed:layout from=2
struct Gone { a: u8 }
