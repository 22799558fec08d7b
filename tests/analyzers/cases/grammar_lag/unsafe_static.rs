// RFC 3484: statics of an `unsafe extern` block that say what the others mean.
#[link(name = "m")] //~ link-attribute
unsafe extern "C" { //~ extern-block
    unsafe static mut errno: i32; //~ foreign-static
}
