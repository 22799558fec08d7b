// Constructs whose `unsafe` belongs to a site that stands elsewhere on the line.

#[cfg_attr(unix, unsafe(no_mangle))] pub unsafe extern "C" fn both() { unsafe { f() } } //~ export-attribute unsafe-fn extern-fn unsafe-block
unsafe extern "C" { unsafe fn f(g: unsafe extern "C" fn()); unsafe static S: unsafe fn(); } //~ extern-block foreign-fn fn-pointer foreign-static fn-pointer
#[unsafe(naked)] unsafe extern "C" fn entry() {} //~ unsafe-attribute unsafe-fn extern-fn
