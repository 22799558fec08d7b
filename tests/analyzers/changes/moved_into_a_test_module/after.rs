#[cfg(test)]
mod tests {
    fn f(p: *const u8) -> u8 { unsafe { *p } } //~ moved:unsafe-block because=other-item from=1
}
