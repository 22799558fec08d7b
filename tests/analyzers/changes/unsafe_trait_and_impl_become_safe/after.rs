pub trait Pod { fn f(); } //~ relaxed:unsafe-trait because=no-longer-says-unsafe from=1
impl Pod for Ring { fn f() {} } //~ relaxed:unsafe-impl because=no-longer-says-unsafe from=2
impl<T> Pod for Vec<T> where T: Copy { fn f() {} } //~ relaxed:unsafe-impl because=no-longer-says-unsafe from=3
