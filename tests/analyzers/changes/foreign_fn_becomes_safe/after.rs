unsafe extern "C" {
    pub safe fn sqrt(x: f64) -> f64; //~ relaxed:foreign-fn because=no-longer-says-unsafe from=2
    safe static VERSION: u8; //~ relaxed:foreign-static because=no-longer-says-unsafe from=3
}
