// `associated_type_defaults` with generics.
trait Lend { type Item<'a>: Copy = unsafe fn(&'a u8) where Self: 'a; fn f() { unsafe { g() } } } //~ fn-pointer unsafe-block
