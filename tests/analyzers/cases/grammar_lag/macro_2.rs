// `decl_macro`: definitions with visibility and hygiene.
macro short($x:expr) { unsafe { $x } } //~ unsafe-block macro-definition item="macro short"
pub(crate) macro long {
    ($x:expr) => { unsafe { $x } }, //~ unsafe-block macro-definition item="macro long"
    () => { extern "C" fn f() {} } //~ extern-fn macro-definition
}
fn after() { unsafe { f() } } //~ unsafe-block item="after"
