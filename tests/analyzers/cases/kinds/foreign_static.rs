// Statics declared in extern blocks.

extern "C" { //~ extern-block
    static environ: *const *const c_char; //~ foreign-static item="environ"
    static mut errno: c_int; //~ foreign-static item="errno"
    pub static TABLE: [u8; { 2 + 2 }]; //~ foreign-static item="TABLE"
    #[link_name = "__start"] //~ link-attribute
    static START: &'static mut u8; //~ foreign-static item="START"
}

unsafe extern "C" { //~ extern-block
    pub safe static VERSION: u32; //~ foreign-static item="VERSION" detail="safe"
    safe static mut ODD: u32; //~ foreign-static detail="safe"
    unsafe static UNSAFE: u32; //~ foreign-static item="UNSAFE" detail=""
    unsafe static mut BOTH: u32; //~ foreign-static detail=""
}

static DEFINED: u8 = 0;
