// unsafe { extern "C" fn } static mut union asm!() #[no_mangle] #[repr(C)]
/// unsafe { *p } and `unsafe fn` in documentation
/// ```
/// unsafe { f() }
/// ```
/* unsafe { */ /* nested /* unsafe { */ unsafe { */
/** unsafe fn documented() {} */
/**/
/***/ // a star: unsafe {
#[doc = "unsafe { }"]
#[doc = r#"unsafe " { }"#]
fn literals() {
    let _ = "unsafe { extern \"C\" fn }";
    let _ = "an escaped quote \" unsafe { \\";
    let _ = "two lines, unsafe {
        and unsafe { // the second";
    let _ = r"unsafe \";
    let _ = r#"unsafe " { "#;
    let _ = r##"unsafe "# { "##;
    let _ = b"unsafe { \"";
    let _ = br#"unsafe " "#;
    let _ = c"unsafe {";
    let _ = cr#"unsafe " {"#;
    let _ = '"'; let _ = "unsafe {"; let _ = '"';
    let _ = '\''; let _ = '\\'; let _ = "unsafe {";
    let _ = b'"'; let _ = b'\''; let _ = "unsafe {";
    let _ = '\u{22}'; let _ = '\x22'; let _ = '字';
    let _ = "//"; let _ = "/* unsafe {"; let _ = "*/";
    let _ = 'u'; // unsafe { '
    let _ = '/'; /* ' unsafe { ' */ let _ = '/';
    let _ = 1 /* unsafe */ / /* unsafe */ 2; // "unsafe {
}

fn after_all_that(p: *const u8) -> u8 {
    unsafe { *p } //~ unsafe-block item="after_all_that"
}
