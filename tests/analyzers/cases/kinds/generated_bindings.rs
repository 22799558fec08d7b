// Code that a build step writes and no diff shows.

include!(concat!(env!("OUT_DIR"), "/bindings.rs")); //~ generated-bindings
mod sys {
    include!(concat!(env!("OUT_DIR"), "/sys.rs")); //~ generated-bindings item="mod sys"
    std::include! { concat!(env!("OUT_DIR"), "/braces.rs") } //~ generated-bindings
}
fn table() -> u8 {
    include!(env!("GENERATED_TABLE")) //~ generated-bindings item="table"
}
include!( //~ generated-bindings end=+2
    concat!(
        env!("OUT_DIR"), "/spread.rs"));

include!("checked_in.rs");
const TEXT: &str = include_str!(concat!(env!("OUT_DIR"), "/text"));
const BYTES: &[u8] = include_bytes!(concat!(env!("OUT_DIR"), "/bytes"));
fn include(include: u8) {}
