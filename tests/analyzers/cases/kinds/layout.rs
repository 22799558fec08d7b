// `repr`: foreign code or casts rely on where the fields are.

#[repr(C)] //~ layout item="Header" detail="C" end=+4
pub struct Header {
    kind: u8,
    length: u32,
}
#[repr(transparent)] //~ layout detail="transparent"
struct Wrapper(u8);
#[repr(packed)] //~ layout
struct Packed(u8, u32);
#[repr(C, packed(2))] //~ layout detail="C,packed(2)"
struct PackedTwo(u8, u32);
#[repr(align(64))] //~ layout
#[derive(Clone)]
struct Aligned([u8; { 32 + 32 }]);
#[repr(u8)] //~ layout item="Code"
pub enum Code { A = 1, B }
#[repr(C, u16)] //~ layout
enum Tagged { A(u8), B { x: u8 } }
#[repr(isize)] //~ layout
enum Signed { A }
#[repr(C)] //~ layout item="Bits"
union Bits { a: u8 } //~ union
#[cfg_attr(not(loom), repr(align(128)))] //~ layout item="Padded" detail="align(128)"
struct Padded<T>(T);
#[derive(Debug)] #[repr(C)] #[must_use] struct InOneLine; //~ layout item="InOneLine"

mod sys {
    #[ repr ( C ) ] //~ layout item="mod sys::Inner"
    struct Inner;
}

fn local() {
    #[repr(C)] //~ layout item="local::Local"
    struct Local;
}

#[repr(Rust)]
struct Ordinary;
#[repr(simd)]
struct Lanes([f32; 4]);
#[doc = "repr(C)"]
struct Documented;
fn repr(repr: u8) { repr(1); let _ = unsafe_code; }
