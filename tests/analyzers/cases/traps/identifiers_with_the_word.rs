// Names that contain a keyword, and keywords that are names.

fn unsafe_name(not_unsafe: u8, r#unsafe: u8, unsafely: u8, UNSAFE: u8, _unsafe: u8) -> u8 {
    let unsafe2 = r#unsafe + unsafely;
    let éunsafe = unsafe2;
    let unsafeé = éunsafe;
    self::r#unsafe::r#extern { r#unsafe: 1 };
    unsafeé
}
mod r#unsafe { fn inside(p: *const u8) { unsafe { *p } } } //~ unsafe-block item="mod r#unsafe::inside"
fn r#extern() {}
static r#static: u8 = r#mut;
fn external() { extern_block { externs: 1 } }
fn union(asm: u8, link: u8, repr: u8, naked: u8, include: u8) { link(repr); }
fn staticmut() { let static_mut = my_static; }
macro_rules! named { ($unsafe:block) => { $unsafe } }
