unsafe extern "C" { //~ moved:extern-block because=edition-2024-spelling from=1
    fn read();
}
#[unsafe(no_mangle)] //~ moved:export-attribute because=edition-2024-spelling from=4
pub extern "C" fn exported() {}
#[unsafe(export_name = "other")] //~ moved:export-attribute because=edition-2024-spelling from=6
pub fn renamed() {}
#[cfg_attr(unix, unsafe(link_section = ".init"))] //~ moved:export-attribute because=edition-2024-spelling from=8
static INIT: u8 = 0;
