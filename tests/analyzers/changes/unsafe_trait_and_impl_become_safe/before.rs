pub unsafe trait Pod { fn f(); }
unsafe impl Pod for Ring { fn f() {} }
unsafe impl<T> Pod for Vec<T> where T: Copy { fn f() {} }
