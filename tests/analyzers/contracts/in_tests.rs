// Test code needs no words.

#[cfg(test)]
mod tests {
    fn f() { unsafe { g() } }
    unsafe impl Send for Mock {}
    pub unsafe fn h() {}
}

#[test]
fn case() { unsafe { g() } }
