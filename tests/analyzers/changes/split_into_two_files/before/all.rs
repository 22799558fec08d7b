impl Ring { fn get(&self) -> u8 { unsafe { *self.pointer } } }
impl Other { fn get(&self) -> u8 { unsafe { *self.pointer } } }
