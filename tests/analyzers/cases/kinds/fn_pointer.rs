// Function pointer types that are unsafe or foreign.

type Callback = extern "C" fn(*mut c_void); //~ fn-pointer item="Callback" detail='extern "C"'
type Unsafe = unsafe fn(u8) -> u8; //~ fn-pointer item="Unsafe" detail=""
type Both = unsafe extern "system" fn(); //~ fn-pointer detail='extern "system"'
type Default = extern fn(); //~ fn-pointer detail='extern "C"'
type HigherRanked = for<'a> unsafe extern "C" fn(&'a u8) -> &'a u8; //~ fn-pointer
type Variadic = unsafe extern "C" fn(*const c_char, ...) -> c_int; //~ fn-pointer
type Returns = unsafe fn() -> unsafe fn(); //~ fn-pointer fn-pointer
type Takes = extern "C" fn(extern "C" fn(u8), u8); //~ fn-pointer fn-pointer

struct Table {
    open: Option<unsafe extern "C" fn(fd: c_int) -> c_int>, //~ fn-pointer item="Table"
    close: extern "C" fn(), //~ fn-pointer
}

static HOOK: Option<extern "C" fn()> = None; //~ fn-pointer item="HOOK"
impl Trait for unsafe fn() {} //~ fn-pointer
fn generic<F: Into<unsafe fn()>>(f: extern "C" fn()) -> *const unsafe fn() { //~ fn-pointer fn-pointer fn-pointer item="generic"
    let cast = f as *const () as unsafe extern "C" fn(); //~ fn-pointer
    transmute::<_, extern "C" fn()>(cast); //~ fn-pointer
}

type Safe = fn(u8) -> u8;
type RustAbi = extern "Rust" fn();
type Bound = dyn Fn(u8) -> u8;
