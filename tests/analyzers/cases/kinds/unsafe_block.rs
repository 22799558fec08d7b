// `unsafe { ... }` wherever an expression may stand.

fn in_a_function(p: *const u8) -> u8 {
    unsafe { *p } //~ unsafe-block item="in_a_function"
}

fn without_a_space(p: *const u8) -> u8 {
    unsafe{*p} //~ unsafe-block item="without_a_space"
}

fn keyword_and_brace_apart(p: *const u8) -> u8 {
    unsafe //~ unsafe-block item="keyword_and_brace_apart" end=+3
    {
        *p
    }
}

fn comment_between(p: *const u8) -> u8 {
    unsafe /* the pointer is { fine */ { *p } //~ unsafe-block
}

fn nested(p: *const u8) -> u8 {
    unsafe { unsafe { *p } } //~ unsafe-block unsafe-block
}

fn two_in_one_line(p: *const u8) -> u8 {
    0 + unsafe { *p } + unsafe { *p } //~ unsafe-block unsafe-block
}

fn as_an_operand(p: *const u8) -> bool {
    !unsafe { *p == 0 } && -unsafe { *p as i8 } > 0 //~ unsafe-block unsafe-block
}

fn as_an_argument(p: *const u8) -> Option<u8> {
    Some(unsafe { *p }).map(|x| unsafe { *p } + x) //~ unsafe-block unsafe-block
}

fn as_a_condition(p: *const u8) {
    if unsafe { *p } == 0 { return } //~ unsafe-block
    while unsafe { *p } == 0 {} //~ unsafe-block
    match unsafe { *p } { //~ unsafe-block
        0 if unsafe { *p == 0 } => unsafe { drop(*p) }, //~ unsafe-block unsafe-block
        _ => {}
    }
    for _ in unsafe { [*p] } {} //~ unsafe-block
}

fn in_a_struct_literal(p: *const u8) -> Point {
    Point { x: unsafe { *p }, y: 0 } //~ unsafe-block item="in_a_struct_literal"
}

fn behind_an_attribute(p: *const u8) {
    #[allow(unused_must_use)]
    unsafe { *p }; //~ unsafe-block
}

fn in_a_constant_expression() -> [u8; unsafe { SIZE }] { //~ unsafe-block item="in_a_constant_expression"
    const { unsafe { zeroed() } } //~ unsafe-block
}

fn in_asynchronous_code(p: &'static u8) -> impl Future<Output = u8> {
    async move { unsafe { read(p) } } //~ unsafe-block
}

fn in_let_else(p: *const Option<u8>) -> u8 {
    let Some(x) = (unsafe { *p }) else { unsafe { unreachable_unchecked() } }; //~ unsafe-block unsafe-block
    x
}

static TABLE: &[u8] = unsafe { slice(DATA) }; //~ unsafe-block item="TABLE"
const LENGTH: usize = unsafe { read(&DATA) }; //~ unsafe-block item="LENGTH"

enum Color {
    Red = unsafe { code() }, //~ unsafe-block item="Color"
}

struct Buffer<const N: usize = { unsafe { SIZE } }>([u8; N]); //~ unsafe-block

mod memory {
    mod raw {
        impl<T: Copy> Ring<T> {
            pub fn get(&self) -> T {
                unsafe { *self.pointer } //~ unsafe-block item="mod memory::mod raw::impl Ring<T>::get"
            }
        }

        impl<'a, T> Iterator for Iter<'a, T>
        where
            T: Copy,
        {
            type Item = [T; unsafe { LANES }]; //~ unsafe-block item="mod memory::mod raw::impl Iterator for Iter<'a, T>::Item"

            fn next(&mut self) -> Option<T> {
                fn inner(p: *const u8) -> u8 {
                    unsafe { *p } //~ unsafe-block item="mod memory::mod raw::impl Iterator for Iter<'a, T>::next::inner"
                }
                unsafe { None } //~ unsafe-block item="mod memory::mod raw::impl Iterator for Iter<'a, T>::next"
            }
        }
    }

    trait Peek {
        const ZERO: u8 = unsafe { zeroed() }; //~ unsafe-block item="mod memory::trait Peek::ZERO"

        fn peek(&self) -> u8 {
            unsafe { *self.pointer() } //~ unsafe-block item="mod memory::trait Peek::peek"
        }
    }
}
