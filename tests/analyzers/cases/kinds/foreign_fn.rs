// Functions declared in extern blocks.

extern "C" { //~ extern-block
    fn plain(x: i32) -> i32; //~ foreign-fn item="plain"
    pub fn public(); //~ foreign-fn item="public"
    pub(crate) fn restricted(p: *mut [u8; { 1 + 1 }]); //~ foreign-fn item="restricted"
    fn variadic(format: *const c_char, ...) -> c_int; //~ foreign-fn item="variadic"
    fn named_variadic(format: *const c_char, args: ...); //~ foreign-fn
    fn r#type(); //~ foreign-fn item="r#type"
    #[link_name = "other_name"] //~ link-attribute item="renamed"
    #[cfg(unix)]
    fn renamed(); //~ foreign-fn item="renamed" cfg="unix"
    fn takes_a_callback( //~ foreign-fn item="takes_a_callback" end=+2
        callback: Option<unsafe extern "C" fn(*mut u8)>, //~ fn-pointer
    );
    fn one(); fn two(); //~ foreign-fn foreign-fn
}

unsafe extern "C" { //~ extern-block
    pub safe fn checked(x: f64) -> f64; //~ foreign-fn item="checked" detail="safe"
    unsafe fn unchecked(p: *const u8); //~ foreign-fn item="unchecked" detail=""
    safe fn r#safe(); //~ foreign-fn detail="safe"
    fn safe(safe: u8); //~ foreign-fn item="safe" detail=""
}

mod sys {
    #[cfg(test)]
    mod tests {
        extern "C" { //~ extern-block test
            fn only_in_tests(); //~ foreign-fn item="mod sys::mod tests::only_in_tests" test
        }
    }
}

fn defined() {}
trait Declares { fn declared(); }
