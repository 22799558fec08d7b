// Braces in headers belong to the header.

impl Trait<{ N + 1 }> for Ring<{ 2 }> { fn f() { unsafe { g() } } } //~ unsafe-block item="impl Trait<{N + 1}> for Ring<{2}>::f"
fn returns() -> Ring<{ 3 }> { unsafe { g() } } //~ unsafe-block item="returns"
fn takes(x: [u8; { 1 + 1 }]) { unsafe { g() } } //~ unsafe-block item="takes"
fn bound<T>() where T: Is<{ 4 }>, { unsafe { g() } } //~ unsafe-block item="bound"
unsafe fn signature<const N: usize>(x: Ring<{ N }>) -> Ring<{ N }> where Ring<{ N }>: Copy { x } //~ unsafe-fn end=+0
unsafe impl Is<{ 5 }> for Ring<{ 6 }> {} //~ unsafe-impl item="impl Is<{5}> for Ring<{6}>"
unsafe trait Default<const N: usize = { 7 }> {} //~ unsafe-trait
union Bits<const N: usize = { 8 }> { a: [u8; N] } //~ union
#[repr(C)] //~ layout item="Padded" end=+1
struct Padded<const N: usize = { 64 }>([u8; { 64 - N }]);
extern "C" fn foreign(x: Ring<{ 9 }>) -> Ring<{ 10 }> { x } //~ extern-fn
static mut TABLE: Ring<{ 11 }> = Ring::<{ 12 }>::new(); //~ static-mut
fn body() { let x = Ring::<{ 13 }>::new(); unsafe { x.get::<{ 14 }>() } } //~ unsafe-block item="body"
fn shifts() { let x = 1 << 2 >> 3; if x < 4 && 5 > x { unsafe { g() } } } //~ unsafe-block item="shifts"
fn arrows(f: impl Fn() -> u8) -> Box<dyn Fn() -> u8> { unsafe { g() } } //~ unsafe-block item="arrows"
