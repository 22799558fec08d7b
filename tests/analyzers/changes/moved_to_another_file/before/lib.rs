mod ring;
impl Ring { fn get(&self) -> u8 { unsafe { *self.pointer } } }
unsafe impl Send for Ring {}
