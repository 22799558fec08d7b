// Paths of items, whatever encloses them.

mod a {
    pub mod b {
        pub(in crate::a) mod c { unsafe fn f() {} } //~ unsafe-fn item="mod a::mod b::mod c::f"
    }
    fn after() { unsafe { g() } } //~ unsafe-block item="mod a::after"
}

fn outer() {
    mod inside { unsafe fn f() {} } //~ unsafe-fn item="outer::mod inside::f"
    impl Local { fn f() { unsafe { g() } } } //~ unsafe-block item="outer::impl Local::f"
    let closure = || { unsafe { g() } }; //~ unsafe-block item="outer"
    const INNER: u8 = { unsafe { g() } }; //~ unsafe-block item="outer::INNER"
    { { unsafe { g() } } } //~ unsafe-block item="outer"
}

impl dyn Trait + Send { fn f() { unsafe { g() } } } //~ unsafe-block item="impl dyn Trait + Send::f"
impl Trait for [u8; 4] { fn f() { unsafe { g() } } } //~ unsafe-block item="impl Trait for [u8; 4]::f"
impl<T> Trait for fn(T) -> T { fn f() { unsafe { g() } } } //~ unsafe-block item="impl Trait for fn(T)->T::f"
impl crate::a::Trait<u8> for super::Ring<'_> { fn f() { unsafe { g() } } } //~ unsafe-block item="impl crate::a::Trait<u8> for super::Ring<'_>::f"
impl<T> From<T> for Ring where T: Into<u8> { fn f() { unsafe { g() } } } //~ unsafe-block item="impl From<T> for Ring::f"

enum Shape { Circle = { unsafe { g() } } } //~ unsafe-block item="Shape"
struct Ring<const N: usize> where [(); { unsafe { N } }]: Sized; //~ unsafe-block
