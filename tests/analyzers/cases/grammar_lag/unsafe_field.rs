// RFC 3458: fields with an invariant.
struct Ring { length: unsafe fn(), unsafe head: usize } //~ fn-pointer unsafe-field item="Ring::head"
struct After { pub(crate) unsafe pointer: *mut u8 } //~ unsafe-field item="After::pointer"
fn after() { unsafe { f() } } //~ unsafe-block item="after"
