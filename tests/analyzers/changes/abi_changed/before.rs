extern "C" fn callback() {}
extern "C" { fn read(); }
