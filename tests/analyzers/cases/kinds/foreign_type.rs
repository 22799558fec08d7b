// Types declared in extern blocks (RFC 1861).
#![feature(extern_types)]

extern "C" { //~ extern-block
    type Opaque; //~ foreign-type item="Opaque"
    pub type Public; //~ foreign-type item="Public"
    #[cfg(unix)]
    pub(crate) type r#Raw; //~ foreign-type cfg="unix"
}

trait Associated { type Item; }
type Alias = u8;
