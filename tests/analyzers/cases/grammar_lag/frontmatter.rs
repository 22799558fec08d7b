---
[dependencies]
unsafe = "extern { static mut"
---
unsafe fn f() {} //~ unsafe-fn
