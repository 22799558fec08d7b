// `unsafe fn`: free, inherent, in traits, with every qualifier.

unsafe fn free() {} //~ unsafe-fn item="free"
pub unsafe fn public() {} //~ unsafe-fn item="public"
pub(crate) unsafe fn restricted() {} //~ unsafe-fn item="restricted"
const unsafe fn constant() {} //~ unsafe-fn item="constant"
async unsafe fn asynchronous() {} //~ unsafe-fn item="asynchronous"
pub const unsafe extern "C" fn foreign() {} //~ unsafe-fn extern-fn item="foreign"
unsafe extern fn default_abi() {} //~ unsafe-fn extern-fn
unsafe extern "Rust" fn rust_abi() {} //~ unsafe-fn
unsafe fn generic<'a, T: Fn() -> u8, const N: usize>(x: &'a [T; N]) -> [u8; N] //~ unsafe-fn item="generic" end=+5
where
    T: Copy,
{
    [0; N]
}

#[inline(always)]
pub
unsafe //~ unsafe-fn item="spread_out"
fn
spread_out() {}

struct Ring;

impl Ring {
    pub unsafe fn get(&self) {} //~ unsafe-fn item="impl Ring::get"
    unsafe fn r#raw_name(&self) {} //~ unsafe-fn item="impl Ring::r#raw_name"
}

trait Allocator {
    unsafe fn declared(&self); //~ unsafe-fn item="trait Allocator::declared"
    unsafe fn provided(&self) { //~ unsafe-fn item="trait Allocator::provided" end=+2
        unsafe fn inner() {} //~ unsafe-fn item="trait Allocator::provided::inner"
    }
}

impl<T> Allocator for Box<T> {
    unsafe fn declared(&self) {} //~ unsafe-fn item="impl Allocator for Box<T>::declared"
}

fn unsafe_in_the_name_only() {}
fn takes(unsafe_: u8, not_unsafe: u8) {}
