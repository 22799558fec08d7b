// What Cargo compiles only for tests carries a flag.

fn production(p: *const u8) -> u8 { unsafe { *p } } //~ unsafe-block

#[cfg(test)]
mod tests {
    use super::*;
    fn helper() { unsafe { f() } } //~ unsafe-block test item="mod tests::helper"
    mod deeper { unsafe fn g() {} } //~ unsafe-fn test

    #[test]
    fn case() { unsafe { f() } } //~ unsafe-block test
}

mod inside {
    #![cfg(test)]
    fn f() { unsafe { g() } } //~ unsafe-block test
}

#[cfg(all(test, unix))]
fn both() { unsafe { f() } } //~ unsafe-block test
#[cfg(any(test, unix))]
fn either() { unsafe { f() } } //~ unsafe-block
#[cfg(not(test))]
fn never() { unsafe { f() } } //~ unsafe-block
#[cfg(any(test, all(test, unix)))]
fn always() { unsafe { f() } } //~ unsafe-block test
#[cfg(not(not(test)))]
fn twice() { unsafe { f() } } //~ unsafe-block test
#[cfg(feature = "test")]
fn a_feature_of_that_name() { unsafe { f() } } //~ unsafe-block
#[cfg(test_utils)]
fn another_name() { unsafe { f() } } //~ unsafe-block
#[cfg_attr(test, inline)]
fn an_attribute_in_tests() { unsafe { f() } } //~ unsafe-block
#[doc = "cfg(test)"]
fn documented() { unsafe { f() } } //~ unsafe-block

#[test]
fn plain_test() { unsafe { f() } } //~ unsafe-block test
#[bench]
fn bench(b: &mut Bencher) { unsafe { f() } } //~ unsafe-block test
#[tokio::test]
async fn asynchronous() { unsafe { f() } } //~ unsafe-block test
#[tokio::test(flavor = "multi_thread")]
async fn with_arguments() { unsafe { f() } } //~ unsafe-block test
#[inline]
#[allow(dead_code)]
#[test]
#[ignore]
fn among_attributes() { unsafe { f() } } //~ unsafe-block test
#[not_a::test_attribute]
fn look_alike() { unsafe { f() } } //~ unsafe-block
#[my::test]
fn anybody_can_name_a_macro_test() { unsafe { f() } } //~ unsafe-block

impl Ring {
    #[cfg(test)]
    fn method(&self) { unsafe { f() } } //~ unsafe-block test
    fn production(&self) {
        unsafe { f() } //~ unsafe-block
        #[cfg(test)]
        unsafe { f() } //~ unsafe-block test
        #[cfg(test)]
        { unsafe { f() } } //~ unsafe-block test
        unsafe { f() } //~ unsafe-block
    }
}

#[cfg(test)]
unsafe impl Send for Mock {} //~ unsafe-impl test
#[cfg(test)] static mut MOCK: u8 = 0; //~ static-mut test
#[cfg(test)] extern "C" { fn mock(); } //~ extern-block test foreign-fn test
struct Mixed {
    #[cfg(test)] hook: unsafe fn(), //~ fn-pointer test
    other: unsafe fn(), //~ fn-pointer
}
#[cfg(test)]
mod declared;
fn after_the_declaration() { unsafe { f() } } //~ unsafe-block
