extern "C" { fn read(fd: i32, count: u64) -> i32; } //~ changed:foreign-fn from=1
extern "C" fn callback(x: u64) {} //~ changed:extern-fn from=2
type Callback = extern "C" fn(u64); //~ changed:fn-pointer from=3
