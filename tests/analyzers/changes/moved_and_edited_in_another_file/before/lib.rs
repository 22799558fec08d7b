impl Ring { fn get(&self) -> u8 { unsafe { self.check(1); *self.pointer.add(1) } } }
