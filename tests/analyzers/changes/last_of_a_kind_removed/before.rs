extern "C" { //~ removed:extern-block
    fn declared(x: u8); //~ removed:foreign-fn
}
static mut CELL: u8 = 0; //~ removed:static-mut
macro_rules! read { ($p:expr) => { unsafe { *$p } } } //~ removed:unsafe-block
