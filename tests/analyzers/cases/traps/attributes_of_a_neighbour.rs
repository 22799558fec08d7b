// A `#[cfg(test)]` covers what it stands on, up to its comma or semicolon, never the next one.

struct Fields {
    #[cfg(test)]
    hook: unsafe fn(), //~ fn-pointer test
    other: unsafe fn(), //~ fn-pointer
    #[cfg(test)] generic: HashMap<u8, unsafe fn()>, //~ fn-pointer test
    last: extern "C" fn(), //~ fn-pointer
}

struct Tuple(#[cfg(test)] unsafe fn(), unsafe fn()); //~ fn-pointer test fn-pointer

enum Variants {
    #[cfg(test)] Test = unsafe { a() }, //~ unsafe-block test
    Other = unsafe { b() }, //~ unsafe-block
    #[cfg(test)] Tested(unsafe fn()), //~ fn-pointer test
    Pointer(unsafe fn()), //~ fn-pointer
}

fn arms(x: u8) -> u8 {
    match x {
        #[cfg(test)]
        0 => unsafe { a() }, //~ unsafe-block test
        1 => unsafe { b() }, //~ unsafe-block
        #[cfg(test)]
        2 => c(),
        3 => unsafe { d() }, //~ unsafe-block
        #[cfg(test)]
        4 => { e() }
        5 => unsafe { f() }, //~ unsafe-block
        #[cfg(test)]
        6 if g(1, 2) => h(3, 4),
        _ => unsafe { i() } //~ unsafe-block
    }
}

fn literal() -> Fields {
    Fields {
        #[cfg(test)]
        hook: unsafe { a() }, //~ unsafe-block test
        other: unsafe { b() }, //~ unsafe-block
        #[cfg(test)] last: c,
        generic: unsafe { d() }, //~ unsafe-block
    }
}

fn list() -> [u8; 2] {
    [#[cfg(test)] 1, unsafe { b() }] //~ unsafe-block
}

fn arguments(#[cfg(test)] a: unsafe fn(), b: unsafe fn()) { //~ fn-pointer test fn-pointer
    call(#[cfg(test)] a, unsafe { b() }) //~ unsafe-block
}

fn statements() {
    #[cfg(test)]
    let a = 1;
    unsafe { b() } //~ unsafe-block
    #[cfg(test)]
    c::<u8, u8>();
    unsafe { d() } //~ unsafe-block
    #[cfg(test)] { e() }
    unsafe { f() } //~ unsafe-block
    #[cfg(test)]
    if g() { h() } else { i() }
    unsafe { j() } //~ unsafe-block
    #[cfg(test)]
    let k = if l() { m() } else { unsafe { n() } }; //~ unsafe-block test
    unsafe { o() } //~ unsafe-block
    #[cfg(test)]
    let p = Q { r: s }.t(unsafe { u() }); //~ unsafe-block test
    unsafe { v() } //~ unsafe-block
    #[cfg(test)] struct W;
    unsafe { x() } //~ unsafe-block
}

#[cfg(test)] use a::{b, c};
unsafe fn after_an_import() {} //~ unsafe-fn
#[cfg(test)] const A: [u8; 2] = [1, 2];
unsafe fn after_a_constant() {} //~ unsafe-fn
#[cfg(test)] static B: [u8; 2] = unsafe { c() }; //~ unsafe-block test
unsafe fn after_a_static() {} //~ unsafe-fn
#[cfg(test)] macro_rules! m { () => {} }
unsafe fn after_a_macro() {} //~ unsafe-fn
#[cfg(test)] m! {}
unsafe fn after_a_call_with_braces() {} //~ unsafe-fn
#[cfg(test)] m!();
unsafe fn after_a_call() {} //~ unsafe-fn
#[cfg(test)] struct Unit;
unsafe fn after_a_unit() {} //~ unsafe-fn
#[cfg(test)] struct Braces {}
unsafe fn after_braces() {} //~ unsafe-fn
#[cfg(test)] impl Braces {}
unsafe impl Send for Braces {} //~ unsafe-impl
#[cfg(test)] extern "C" {} //~ extern-block test
extern "C" {} //~ extern-block
fn parameters<#[cfg(test)] T, U: Into<unsafe fn()>>() {} //~ fn-pointer
