// Attributes that decide which library or symbol is meant.

#[link(name = "z", kind = "static")] //~ link-attribute
extern "C" { //~ extern-block
    #[link_name = "crc32_z"] //~ link-attribute item="crc32"
    fn crc32(); //~ foreign-fn
    #[link_ordinal(15)] //~ link-attribute item="by_number"
    fn by_number(); //~ foreign-fn
    #[cfg_attr(target_os = "macos", link_name = "stat$INODE64")] //~ link-attribute
    fn stat(); //~ foreign-fn
}

#[cfg_attr(windows, link(name = "ws2_32"))] //~ link-attribute
#[cfg_attr(feature = "static", link(name = "a", kind = "static"), link(name = "b"))] //~ link-attribute link-attribute
unsafe extern "system" {} //~ extern-block

#[doc(link = "x")]
#[cfg(link_name = "x")]
fn link(link: u8) { link(1); let link_name = 2; }
mod docs { #![doc(html_link = "x")] }
