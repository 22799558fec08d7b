impl Ring { fn get(&self) -> u8 { unsafe { *self.pointer.add(1) } } } //~ changed:unsafe-block because=other-file from=lib.rs:1
