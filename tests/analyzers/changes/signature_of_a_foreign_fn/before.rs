extern "C" { fn read(fd: i32, count: u32) -> i32; }
extern "C" fn callback(x: u32) {}
type Callback = extern "C" fn(u32);
