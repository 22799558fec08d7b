extern "C" { //~ added:extern-block
    fn declared(x: u8); //~ added:foreign-fn
    static VERSION: u8; //~ added:foreign-static
    type Opaque; //~ added:foreign-type
}
#[no_mangle] //~ added:export-attribute
pub extern "C" fn exported() {} //~ added:extern-fn
#[repr(C)] //~ added:layout
pub union Bits { a: u8 } //~ added:union
static mut CELL: u8 = 0; //~ added:static-mut
unsafe trait Pod {} //~ added:unsafe-trait
unsafe impl Pod for Bits {} //~ added:unsafe-impl
type Callback = unsafe extern "C" fn(u8); //~ added:fn-pointer
#[pyfunction] //~ added:ffi-bridge
fn bridged() {}
macro_rules! read { ($p:expr) => { unsafe { *$p } } } //~ added:unsafe-block
#[allow(unsafe_code)] //~ added:lint-level
fn f() { asm_free() }
global_asm!("nop"); //~ added:inline-asm
include!(concat!(env!("OUT_DIR"), "/bindings.rs")); //~ added:generated-bindings
