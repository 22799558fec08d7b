unsafe extern "C" { pub safe fn sqrt(x: f64) -> f64; }
