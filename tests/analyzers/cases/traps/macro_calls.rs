// Arguments of macros count, with a flag; what the macro makes of them is unknown.

fn calls(p: *const u8) {
    assert_eq!(unsafe { *p }, 0); //~ unsafe-block macro-call item="calls"
    println!("unsafe {}", unsafe { *p }); //~ unsafe-block macro-call
    vec![unsafe { *p }; 3]; //~ unsafe-block macro-call
    tokio::select! { x = unsafe { f() } => {} } //~ unsafe-block macro-call
    outer!(inner!(unsafe { f() })); //~ unsafe-block macro-call
    unsafe { debug_assert!(*p == 0) } //~ unsafe-block
    if !unsafe { f() } { g() } //~ unsafe-block
    if a != unsafe { f() } { g() } //~ unsafe-block
    (!unsafe { f() }, ![unsafe { f() }]); //~ unsafe-block unsafe-block
    let _ = maybe!() && unsafe { f() }; //~ unsafe-block
}

cfg_if::cfg_if! {
    if #[cfg(unix)] {
        unsafe extern "C" { //~ extern-block macro-call
            fn getpid() -> i32; //~ foreign-fn macro-call item="getpid"
        }
        mod unix {
            pub unsafe fn call() { unsafe { getpid() } } //~ unsafe-fn macro-call item="mod unix::call" unsafe-block macro-call
        }
    } else {
        static mut FALLBACK: u8 = 0; //~ static-mut macro-call
    }
}

extern "C" { //~ extern-block
    cfg_if! {
        if #[cfg(windows)] { fn only_windows(); } //~ foreign-fn macro-call
    }
}

extern_methods!(
    unsafe impl Window { //~ unsafe-impl macro-call
        #[method(close)]
        pub unsafe fn close(&self); //~ unsafe-fn macro-call
        #[unsafe(method(open))] //~ unsafe-attribute macro-call
        pub fn open(&self);
    }
);

bitflags! {
    #[repr(C)] //~ layout macro-call
    pub struct Flags: u32 {
        const A = unsafe { A as u32 }; //~ unsafe-block macro-call
    }
}

thread_local! {
    static CELL: Cell<u8> = const { unsafe { Cell::new(init()) } }; //~ unsafe-block macro-call
    #[cfg(test)]
    static MUTABLE: u8 = unsafe { init() }; //~ unsafe-block macro-call test
}

lazy_static! { static ref TABLE: Table = unsafe { Table::load() }; } //~ unsafe-block macro-call

foreign_functions! { extern "C" fn callback() {} } //~ extern-fn macro-call
pointers!(unsafe extern "C" fn(u8)); //~ fn-pointer macro-call
assembly! { core::arch::asm!("nop") } //~ inline-asm macro-call

fn build() -> TokenStream {
    quote! {
        unsafe impl #generics Trait for #name {} //~ unsafe-impl macro-call
        unsafe fn #method() { unsafe { #body } } //~ unsafe-fn macro-call unsafe-block macro-call
        #[unsafe(no_mangle)] //~ export-attribute macro-call
        extern "C" fn #export() {} //~ extern-fn macro-call
        static mut #cell: u8 = 0; //~ static-mut macro-call
        #[repr(C)] struct #name; //~ layout macro-call
    };
    parse_quote!(#[unsafe(export_name = #name)] fn f() {}) //~ export-attribute macro-call
}
