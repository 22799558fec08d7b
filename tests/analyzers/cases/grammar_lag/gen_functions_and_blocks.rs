// `gen_blocks`: functions and asynchronous blocks that yield.
gen fn numbers() { unsafe { f() } } //~ unsafe-block item="numbers"
async gen fn later() { unsafe { f() } } //~ unsafe-block item="later"
gen unsafe fn raw() { unsafe { f() } } //~ unsafe-fn item="raw" unsafe-block
fn block() { async gen { unsafe { f() } }; async gen move { unsafe { f() } }; } //~ unsafe-block unsafe-block
