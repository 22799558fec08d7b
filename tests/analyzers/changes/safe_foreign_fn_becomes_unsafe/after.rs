unsafe extern "C" { pub unsafe fn sqrt(x: f64) -> f64; } //~ changed:foreign-fn from=1
