unsafe fn read(p: *const u8) -> u8 { *p.add(1).cast::<u8>() } //~ changed:unsafe-fn because=item-renamed from=1
