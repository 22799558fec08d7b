// `unsafe trait`: code elsewhere relies on a promise.

unsafe trait Zeroable {} //~ unsafe-trait item="trait Zeroable"
pub unsafe trait Pod: Copy + 'static { //~ unsafe-trait item="trait Pod" end=+5
    const SIZE: usize;
    fn bytes(&self) -> &[u8] {
        unsafe { as_bytes(self) } //~ unsafe-block item="trait Pod::bytes"
    }
}
pub(super) unsafe trait Generic<'a, T, const N: usize> where T: Copy {} //~ unsafe-trait item="trait Generic"

mod inner {
    #[doc(hidden)]
    pub unsafe trait Sealed {} //~ unsafe-trait item="mod inner::trait Sealed"
}

trait Safe {}
