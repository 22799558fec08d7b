// `stmt_expr_attributes` where the grammar knows none.
fn f() {
    let x = #[cfg(a)] unsafe { g() }; //~ unsafe-block
    if #[cfg(a)] unsafe { g() } {} //~ unsafe-block
    1 + #[cfg(a)] unsafe { g() }; //~ unsafe-block
    match x { _ => #[cfg(a)] unsafe { g() } } //~ unsafe-block
    let h = |#[cfg(a)] x: u8| unsafe { g() }; //~ unsafe-block
}
