extern "C" {
    fn read();
}
#[no_mangle]
pub extern "C" fn exported() {}
#[export_name = "other"]
pub fn renamed() {}
#[cfg_attr(unix, link_section = ".init")]
static INIT: u8 = 0;
