// `unsafe_binders`: the grammar swallows the item behind one.
struct Holder { view: unsafe<'a> &'a u8, other: unsafe<'a, 'b> fn(&'a u8, &'b u8) } //~ unsafe-binder unsafe-binder
fn local() { let x: unsafe<'a> &'a u8 = unsafe { wrap() }; } //~ unsafe-binder unsafe-block item="local"
fn after() { unsafe { f() } } //~ unsafe-block item="after"
