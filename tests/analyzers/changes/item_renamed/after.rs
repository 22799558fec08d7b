impl Buffer {
    fn read(&self) -> u8 { unsafe { *self.pointer } } //~ moved:unsafe-block because=other-item from=2
}
