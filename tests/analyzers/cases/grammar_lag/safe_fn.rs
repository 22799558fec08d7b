// RFC 3484: items of an `unsafe extern` block that are safe to use.
#[link(name = "m")] //~ link-attribute
unsafe extern "C" { //~ extern-block
    pub safe fn sqrt(x: f64) -> f64; //~ foreign-fn detail="safe"
}
