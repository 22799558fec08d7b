// The predicates in force, from the outermost to the innermost.
#![cfg(not(miri))]

#[cfg(unix)]
mod unix {
    #![cfg(feature = "std")]

    #[cfg(any(target_os = "linux", target_os = "android"))]
    impl Ring {
        #[cfg(target_pointer_width = "64")]
        #[inline]
        #[cfg(  not( loom )  )]
        unsafe fn get() { //~ unsafe-fn cfg='not ( miri ) && unix && feature = "std" && any ( target_os = "linux" , target_os = "android" ) && target_pointer_width = "64" && not ( loom )'
            #[cfg(debug_assertions)]
            unsafe { check() } //~ unsafe-block cfg='not ( miri ) && unix && feature = "std" && any ( target_os = "linux" , target_os = "android" ) && target_pointer_width = "64" && not ( loom ) && debug_assertions'
        }
    }
}

fn plain() { unsafe { f() } } //~ unsafe-block cfg="not ( miri )"
