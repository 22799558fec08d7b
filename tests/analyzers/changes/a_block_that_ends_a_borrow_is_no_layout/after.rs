fn f(x: &Mutex<u8>) { unsafe { let y = x.lock(); g(&y); h(x) } } //~ changed:unsafe-block from=1
