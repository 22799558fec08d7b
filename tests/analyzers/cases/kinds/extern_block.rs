// `extern "ABI" { ... }`: the declarations are taken on trust.

extern "C" {} //~ extern-block item="" detail='extern "C"'
extern { //~ extern-block detail='extern "C"'
    fn declared(); //~ foreign-fn item="declared"
}
unsafe extern "C" {} //~ extern-block
extern "C-unwind" { //~ extern-block detail='extern "C-unwind"' end=+1
}
unsafe extern r"system" {} //~ extern-block
extern
"stdcall" //~^ extern-block
{
}

#[link(name = "z")] //~ link-attribute
#[cfg(windows)]
extern "system" { //~ extern-block cfg="windows"
    #![allow(dead_code)]
}

mod sys {
    unsafe extern "C" {} //~ extern-block item="mod sys"
}

fn local() {
    extern "C" { fn inner(); } //~ extern-block item="local" foreign-fn item="local::inner"
}

extern "Rust" { fn __rust_alloc(); } //~ extern-block foreign-fn

extern crate alloc;
extern crate self as me;
fn names(r#extern: u8) {}
