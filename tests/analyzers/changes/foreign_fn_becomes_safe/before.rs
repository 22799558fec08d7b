unsafe extern "C" {
    pub unsafe fn sqrt(x: f64) -> f64;
    static VERSION: u8;
}
