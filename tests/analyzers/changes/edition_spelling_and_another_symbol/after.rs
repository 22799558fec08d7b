#[unsafe(export_name = "two")] //~ changed:export-attribute from=1
pub fn renamed() {}
unsafe extern "C-unwind" { fn read(); } //~ changed:extern-block from=3
