extern "C" fn callback(x: u32) { two() }
