extern "system" fn callback() {} //~ changed:extern-fn from=1
extern "system" { fn read(); } //~ changed:extern-block from=2
