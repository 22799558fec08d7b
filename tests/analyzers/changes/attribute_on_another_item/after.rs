pub fn one() {}
#[no_mangle] //~ changed:export-attribute because=item-renamed from=1
pub fn two() {}
