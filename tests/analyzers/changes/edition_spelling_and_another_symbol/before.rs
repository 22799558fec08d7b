#[export_name = "one"]
pub fn renamed() {}
extern "C" { fn read(); }
