// Attributes that export or place a symbol, in both spellings.

#[no_mangle] //~ export-attribute item="old_spelling"
pub extern "C" fn old_spelling() {} //~ extern-fn

#[unsafe(no_mangle)] //~ export-attribute item="new_spelling"
pub extern "C" fn new_spelling() {} //~ extern-fn

#[export_name = "other"] //~ export-attribute item="renamed"
pub fn renamed() {}

#[unsafe(export_name = "another")] //~ export-attribute
#[unsafe(link_section = ".init")] //~ export-attribute
pub fn both() {}

#[link_section = ".rodata"] //~ export-attribute item="PLACED"
static PLACED: u8 = 0;

#[ unsafe ( no_mangle ) ] //~ export-attribute item="COUNTER"
pub static mut COUNTER: u8 = 0; //~ static-mut

#[cfg_attr(not(test), no_mangle)] //~ export-attribute item="conditional"
pub fn conditional() {}

#[cfg_attr(not(test), unsafe(no_mangle))] //~ export-attribute
pub fn conditional_new() {}

#[cfg_attr(unix, cfg_attr(feature = "export", inline, unsafe(export_name = "x")))] //~ export-attribute
pub fn nested() {}

#[cfg_attr(
    target_os = "macos",
    link_section = "__DATA,__mod_init_func" //~ export-attribute
)]
#[cfg_attr(
    target_os = "linux",
    unsafe(
        link_section = ".init_array" //~ export-attribute item="INIT"
    )
)]
static INIT: extern "C" fn() = init; //~ fn-pointer

impl Plugin {
    #[no_mangle] //~ export-attribute item="impl Plugin::method"
    fn method() {}
}

#[doc(alias = "no_mangle")]
#[cfg(no_mangle)]
#[allow(no_mangle_generic_items)]
fn nothing() { let no_mangle = export_name == link_section; }
