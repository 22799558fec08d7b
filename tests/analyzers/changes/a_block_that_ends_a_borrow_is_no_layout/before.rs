fn f(x: &Mutex<u8>) { unsafe { { let y = x.lock(); g(&y); } h(x) } }
