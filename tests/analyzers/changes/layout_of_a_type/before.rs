#[repr(C)] struct Fields { a: u8, b: u16 }
#[repr(C)] struct Arguments { a: u8 }
#[repr(C)] struct Gone { a: u8 } //~ removed:layout
