// RFC 3458: a field that carries an invariant.
#![feature(unsafe_fields)]

struct Ring {
    unsafe head: usize, //~ unsafe-field item="Ring::head"
    pub unsafe tail: *mut u8, //~ unsafe-field item="Ring::tail"
    pub(crate) unsafe table: HashMap<u8, [u8; { 4 + 4 }]>, //~ unsafe-field item="Ring::table"
    length: usize,
}

enum Slot {
    Full { unsafe value: u8 }, //~ unsafe-field
    Empty,
}

union Bits {  //~ union item="Bits"
    unsafe word: u32, //~ unsafe-field item="Bits::word"
}
