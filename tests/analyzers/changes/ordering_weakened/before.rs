fn swap(x: &AtomicPtr<u8>) -> u8 { unsafe { *x.load(Ordering::Acquire) } }
