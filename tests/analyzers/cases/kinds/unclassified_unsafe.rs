// `unsafe` in forms that belong to no kind: rustc accepts them only as a macro's tokens.

language! { unsafe } //~ unclassified-unsafe macro-call
language! { unsafe => block } //~ unclassified-unsafe macro-call
language! { unsafe struct Name; } //~ unclassified-unsafe macro-call
#[tool(mode = unsafe)] //~ unclassified-unsafe
fn attributed() {}

macro_rules! qualified {
    ($(#[$meta:meta])* unsafe $name:ident) => {}; //~ unclassified-unsafe macro-definition item="macro_rules! qualified"
    (unsafe) => {}; //~ unclassified-unsafe macro-definition
}
