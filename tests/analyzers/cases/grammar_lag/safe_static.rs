// RFC 3484: statics of an `unsafe extern` block that are safe to use.
#[link(name = "m")] //~ link-attribute
unsafe extern "C" { //~ extern-block
    pub safe static VERSION: u8; //~ foreign-static detail="safe"
}
