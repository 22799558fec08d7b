// Recent syntax around sites.

fn raw_borrow(mut x: u8) -> *const u8 {
    let p = &raw const x;
    let q = &raw mut x;
    unsafe { *q = *p } //~ unsafe-block item="raw_borrow"
}

fn let_chain(p: *const Option<u8>) {
    if let Some(x) = unsafe { *p } && x > 0 && let Some(y) = unsafe { *p } { f(x, y) } //~ unsafe-block unsafe-block
    while let Some(x) = g() && unsafe { h(x) } {} //~ unsafe-block
}

impl !Send for Ring {}
impl<T: ?Sized> !Sync for Ring<T> {}
unsafe impl Send for Other {} //~ unsafe-impl

impl Specialised for Ring {
    default unsafe fn method(&self) { unsafe { f() } } //~ unsafe-fn item="impl Specialised for Ring::method" unsafe-block
    default fn other(&self) { unsafe { f() } } //~ unsafe-block item="impl Specialised for Ring::other"
}

async fn asynchronous() { let f = async || unsafe { g().await }; } //~ unsafe-block
fn precise<'a>(x: &'a u8) -> impl Sized + use<'a> { unsafe { f(x) } } //~ unsafe-block item="precise"
fn associated() -> impl Iterator<Item: Copy> { unsafe { f() } } //~ unsafe-block item="associated"
const fn constant() -> u8 { const { unsafe { f() } } } //~ unsafe-block item="constant"
fn c_strings() { let _ = (c"a", cr#"c""#); unsafe { f(c"d") } } //~ unsafe-block
fn numbers() { let _ = 1.0e-3_f64 + 0xFF_u8 as f64 + 1.max(2); unsafe { f(0b1) } } //~ unsafe-block
fn never() -> ! { unsafe { f() } } //~ unsafe-block item="never"
fn underscores() { let _ = unsafe { f::<_>(_) }; } //~ unsafe-block
fn labelled() { 'a: { unsafe { f() }; break 'a } } //~ unsafe-block
fn ranges() { match 1 { 0..=9 => unsafe { f() }, 10.. => {}, _ => {} } } //~ unsafe-block
fn or_patterns(x: Option<u8>) { if let Some(1 | 2) | None = x { unsafe { f() } } } //~ unsafe-block
fn closures() { let f = |x: u8| -> u8 { unsafe { g(x) } }; let h = |&x| unsafe { g(x) }; } //~ unsafe-block unsafe-block
