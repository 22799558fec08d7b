// `unsafe<'a>` binders: lifetimes erased from a type.
#![feature(unsafe_binders)]

type Callback = unsafe<'a> fn(&'a u8); //~ unsafe-binder item="Callback"
struct Holder {
    view: unsafe<'a, 'b> &'a &'b str, //~ unsafe-binder item="Holder"
    plain: u8,
}
fn takes(x: unsafe<> u8, y: Vec<unsafe<'a> &'a u8>) {} //~ unsafe-binder unsafe-binder item="takes"
