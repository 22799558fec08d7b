// Bodies and patterns of macros count, with a flag.

macro_rules! read {
    ($pointer:expr) => { unsafe { *$pointer } }; //~ unsafe-block macro-definition item="macro_rules! read"
    (unsafe $body:block) => { unsafe $body }; //~ unclassified-unsafe macro-definition unclassified-unsafe macro-definition
    (fn $name:ident) => {
        #[no_mangle] //~ export-attribute macro-definition
        pub unsafe extern "C" fn $name() {} //~ unsafe-fn macro-definition extern-fn macro-definition
    };
    (impl $($trait:ident),* for $type:ty) => {
        $(unsafe impl $trait for $type {})* //~ unsafe-impl macro-definition
    };
    (statics $($name:ident)*) => { $(static mut $name: u8 = 0;)* }; //~ static-mut macro-definition
    (types $name:ident) => { #[repr(C)] pub union $name { a: u8 } }; //~ layout macro-definition union macro-definition
    (block) => { extern "C" { fn declared(); } } //~ extern-block macro-definition foreign-fn macro-definition
}

macro_rules! with_parentheses ( () => ( unsafe { f() } ) ); //~ unsafe-block macro-definition item="macro_rules! with_parentheses"
macro_rules! with_brackets [ () => [ unsafe { f() } ] ]; //~ unsafe-block macro-definition

macro_rules! named_items {
    ($(#[$meta:meta])* $visibility:vis fn $name:ident() $body:block) => {
        $(#[$meta])* $visibility unsafe fn $name() { unsafe $body } //~ unsafe-fn macro-definition unclassified-unsafe macro-definition
    };
}

macro_rules! methods {
    ($type:ident) => {
        impl $type {
            fn get(&self) -> u8 { unsafe { *self.0 } } //~ unsafe-block macro-definition item="macro_rules! methods::impl $type::get"
        }
    };
}

mod inner {
    #[macro_export]
    macro_rules! exported { () => { unsafe { f() } } } //~ unsafe-block macro-definition item="mod inner::macro_rules! exported"
}

fn not_in_a_macro(p: *const u8) -> u8 { unsafe { *p } } //~ unsafe-block
