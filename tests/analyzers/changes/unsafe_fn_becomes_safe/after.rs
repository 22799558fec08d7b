impl Ring {
    pub fn get(&self, index: usize) -> u8 { self.table[index] } //~ relaxed:unsafe-fn because=no-longer-says-unsafe from=4
}
