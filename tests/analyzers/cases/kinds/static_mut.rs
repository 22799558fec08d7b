// `static mut`: every access must be free of data races.

static mut COUNTER: usize = 0; //~ static-mut item="COUNTER"
pub(crate) static mut TABLE: [u8; 4] = [0; { 2 + 2 }]; //~ static-mut item="TABLE"
#[link_section = ".noinit"] //~ export-attribute
static mut NOINIT: MaybeUninit<[u8; 64]> = MaybeUninit::uninit(); //~ static-mut

fn lazily() {
    static mut CACHE: Option<u8> = None; //~ static-mut item="lazily::CACHE"
    static
        mut SPREAD: u8 = unsafe { initial() }; //~^ static-mut //~ unsafe-block item="lazily::SPREAD"
}

static PLAIN: AtomicUsize = AtomicUsize::new(0);
static POINTER: &'static mut u8 = leak();
fn returns() -> &'static mut u8 { leak() }
fn generic<T: 'static>(mut x: T) {}
struct Holder<'static_>(&'static_ mut u8);
