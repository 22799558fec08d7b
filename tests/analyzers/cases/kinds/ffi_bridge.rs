// Foreign interfaces that a crate's macros write.

#[cxx::bridge] //~ ffi-bridge item="mod ffi" detail="cxx"
mod ffi {
    extern "Rust" { //~ extern-block item="mod ffi"
        type Shared; //~ foreign-type
        fn from_rust(x: &Shared); //~ foreign-fn
    }
    unsafe extern "C++" { //~ extern-block
        include!("demo/blob.h");
        type Client; //~ foreign-type
        fn connect() -> UniquePtr<Client>; //~ foreign-fn
    }
}
#[cxx::bridge(namespace = "org")] //~ ffi-bridge
mod namespaced {}
#[cxx_qt::bridge] //~ ffi-bridge detail="cxx-qt"
mod qt {}
#[diplomat::bridge] //~ ffi-bridge detail="diplomat"
mod diplomatic {}
autocxx::include_cpp! { //~ ffi-bridge detail="autocxx"
    #include "url.h"
    safety!(unsafe_ffi)
}

#[pyfunction] //~ ffi-bridge detail="pyo3" item="double"
#[pyo3(signature = (x, *, y = 1))]
fn double(x: usize, y: usize) -> usize { x }
#[pyclass(frozen)] //~ ffi-bridge detail="pyo3"
struct Counter;
#[pymethods] //~ ffi-bridge detail="pyo3" item="impl Counter"
impl Counter {}
#[pymodule] //~ ffi-bridge detail="pyo3"
fn module(m: &Bound<'_, PyModule>) {}
#[pyo3::pyfunction] //~ ffi-bridge detail="pyo3"
fn qualified() {}
#[cfg_attr(feature = "python", pyo3::pyclass)] //~ ffi-bridge detail="pyo3"
struct Optional;

#[neon::export] //~ ffi-bridge detail="neon"
fn add(a: f64, b: f64) -> f64 { a + b }
#[neon::main] //~ ffi-bridge detail="neon"
fn main(cx: ModuleContext) {}

#[napi] //~ ffi-bridge detail="napi"
fn sum(a: u32) -> u32 { a }
#[napi(object)] //~ ffi-bridge detail="napi"
struct Options {}
#[napi_derive::napi] //~ ffi-bridge detail="napi"
fn derived() {}

#[wasm_bindgen] //~ ffi-bridge detail="wasm-bindgen"
extern "C" { //~ extern-block
    fn alert(s: &str); //~ foreign-fn
}
#[wasm_bindgen(js_name = greet)] //~ ffi-bridge detail="wasm-bindgen"
pub fn hello() {}
#[wasm_bindgen::prelude::wasm_bindgen] //~ ffi-bridge
pub fn spelled_out() {}

#[uniffi::export] //~ ffi-bridge detail="uniffi"
fn exported() {}
#[uniffi::export(async_runtime = "tokio")] //~ ffi-bridge detail="uniffi"
impl Client {}
#[derive(uniffi::Object)] //~ ffi-bridge detail="uniffi"
struct Object;
uniffi::setup_scaffolding!(); //~ ffi-bridge detail="uniffi"
uniffi::include_scaffolding!("arithmetic"); //~ ffi-bridge detail="uniffi"

#[no_mangle] //~ export-attribute
pub extern "system" fn Java_org_demo_Native_hello(env: JNIEnv, _: JClass) {} //~ extern-fn ffi-bridge detail="jni" item="Java_org_demo_Native_hello"
#[jni_fn("org.demo.Native")] //~ ffi-bridge detail="jni"
pub fn from_java() {}

#[magnus::init] //~ ffi-bridge detail="magnus"
fn init() {}
#[magnus::wrap(class = "Point")] //~ ffi-bridge detail="magnus"
struct Point;
rutie::class!(Ruby); //~ ffi-bridge detail="rutie"
rutie::methods!(Ruby, itself, fn hello() {}); //~ ffi-bridge detail="rutie"
#[frb(sync)] //~ ffi-bridge detail="flutter_rust_bridge"
fn dart() {}

use pyo3::prelude::*;
use wasm_bindgen::JsCast;
fn names(napi: u8, cxx: u8) { pyo3::prepare(); Java_method_call(); }
#[cfg(feature = "pyo3")]
#[doc = "#[pyfunction]"]
fn nothing() {}
