// `unsafe impl`: the author vouches that a type keeps a trait's promise.

unsafe impl Send for Ring {} //~ unsafe-impl item="impl Send for Ring"
unsafe impl<T: Send> Sync for Ring<T> where T: Copy {} //~ unsafe-impl item="impl Sync for Ring<T>"

mod alloc {
    #[cfg(unix)]
    unsafe impl<'a, const N: usize> GlobalAlloc for Arena<'a, { N + 1 }> { //~ unsafe-impl item="mod alloc::impl GlobalAlloc for Arena<'a, {N + 1}>" cfg="unix" end=+4
        unsafe fn alloc(&self) -> *mut u8 { //~ unsafe-fn item="mod alloc::impl GlobalAlloc for Arena<'a, {N + 1}>::alloc"
            unsafe { self.next() } //~ unsafe-block
        }
    }
}

unsafe impl<T> Sequence for [T] {} //~ unsafe-impl item="impl Sequence for [T]"
unsafe impl Sequence for &(dyn Any + Send) {} //~ unsafe-impl
unsafe impl<F> Call for F where F: Fn(u8) -> u8 {} //~ unsafe-impl item="impl Call for F"

fn local() {
    struct Guard;
    unsafe impl Send for Guard {} //~ unsafe-impl item="local::impl Send for Guard"
}

impl Plain for Ring {}
