// RFC 1861: a foreign type with a visibility.
#[link(name = "m")] //~ link-attribute
extern "C" { //~ extern-block
    pub type Opaque; //~ foreign-type
}
