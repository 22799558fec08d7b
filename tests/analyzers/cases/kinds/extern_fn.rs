// Functions defined with a foreign ABI.

extern "C" fn plain(x: i32) -> i32 { //~ extern-fn item="plain" detail='extern "C"' end=+0
    x
}
extern fn default_abi() {} //~ extern-fn detail='extern "C"'
pub unsafe extern "system" fn unsafe_too() {} //~ unsafe-fn extern-fn item="unsafe_too" detail='extern "system"'
pub const extern "C" fn constant() {} //~ extern-fn
pub(crate) extern "sysv64-unwind" fn unwinding() {} //~ extern-fn
extern r#"C"# fn raw_abi() {} //~ extern-fn detail='extern "C"'
extern "C"
fn on_the_next_line() {} //~^ extern-fn
unsafe extern "C" fn variadic(count: u32, mut args: ...) {} //~ unsafe-fn extern-fn

extern "C" fn callback<T: FnMut(u8)>( //~ extern-fn end=+4
    data: *mut c_void,
) -> [u8; { 2 + 2 }]
where
    T: Copy
{
    inner();
    extern "C" fn inner() {} //~ extern-fn item="callback::inner"
}

impl Handler {
    extern "C" fn method(&self) {} //~ extern-fn item="impl Handler::method"
}

trait Callback {
    extern "C" fn declared(&self); //~ extern-fn item="trait Callback::declared"
}

extern "Rust" fn rust_abi() {}
unsafe extern "rust-call" fn rust_call() {} //~ unsafe-fn
fn plain_rust() {}
