// `union`: reading a field asserts which one was written.

union Bits { //~ union item="Bits" end=+3
    word: u32,
    real: f32,
}

#[repr(C)] //~ layout item="Unrelated" detail="C"
pub union Unrelated<'a, T: Copy> where T: 'a { //~ union item="Unrelated"
    one: &'a T,
}

mod raw {
    pub(crate) union Value { a: u8, b: [u8; { 1 + 3 }] } //~ union item="mod raw::Value"
}

fn union(union: u8) -> u8 {
    let union = Set::union(&union);
    set.union(other);
    union
}
struct Holder { union: u8 }
impl Set { fn union(&self, other: &Set) -> Set { union { a: 1 } } }
use set::union as union_all;
type Union = u8;
mod union {}
macro_rules! union { () => {} }
union!();
