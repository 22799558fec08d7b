// A quote that opens a lifetime or a label must not swallow code up to the next quote.

impl<'a> Ring<'a> {
    fn get<'b>(&'a self, other: &'b u8) -> &'a u8 {
        'outer: loop {
            unsafe { break 'outer f::<'a, 'b>(other) } //~ unsafe-block item="impl Ring<'a>::get"
        }
    }
    fn labels(&self) { 'a: { unsafe { g() } } 'b: loop { break 'b } } //~ unsafe-block
    fn characters(&self) { let _ = ['a', '"', 'b']; unsafe { g() } let _ = '"'; } //~ unsafe-block
    fn anonymous(&self) -> Box<dyn Fn(&'_ u8) + '_> { unsafe { h::<'_>('_') } } //~ unsafe-block
}

type Raw<'r#unsafe> = &'r#unsafe u8;
struct Static<T: 'static>(&'static mut T);
fn takes(x: &'static mut u8, y: &'static unsafe_name) -> &'static mut u8 { x }
fn label_named_static() { 'unsafe_: loop { break 'unsafe_; } }
