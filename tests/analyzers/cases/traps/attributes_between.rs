// Attributes and comments may stand nearly anywhere.

#[cfg(unix)] // why: "unsafe"
#[inline] /* unsafe */ #[must_use]
/// Documentation between attributes.
pub // a comment between
unsafe /* and here */ //~ unsafe-fn item="spread" cfg="unix"
// and "here
fn spread() {
    #[rustfmt::skip]
    /* a comment */ unsafe { f() } //~ unsafe-block item="spread"
    let _ = #[cfg(windows)] unsafe { f() }; //~ unsafe-block
    match x {
        #[cfg(windows)]
        0 => unsafe { f() }, //~ unsafe-block
        _ => {}
    }
}

#[doc = "a ] bracket } in a string"]
#[cfg(unix)]
unsafe impl Send for Ring {} //~ unsafe-impl cfg="unix"

#[attribute(with = [1, 2], braces = { a: 1 })]
#[cfg(windows)]
static mut CELL: u8 = 0; //~ static-mut cfg="windows"

#[no_mangle] #[cfg(unix)] pub extern "C" fn on_one_line() {} //~ export-attribute cfg="unix" extern-fn cfg="unix"
#[cfg(unix)] #[no_mangle] pub extern "C" fn the_other_way() {} //~ export-attribute cfg="unix" extern-fn cfg="unix"
