// `#[target_feature]`: calling it on a processor without the feature is undefined behaviour.

#[target_feature(enable = "avx2")] //~ target-feature item="wide"
unsafe fn wide() {} //~ unsafe-fn

#[inline]
#[target_feature(enable = "avx2,fma")] //~ target-feature item="safe_since_1_86"
#[must_use]
fn safe_since_1_86() {}

impl Vector {
    #[cfg_attr(target_arch = "x86_64", target_feature(enable = "sse4.2"))] //~ target-feature item="impl Vector::conditional"
    fn conditional(&self) {}

    #[unsafe(force_target_feature(enable = "neon"))] //~ target-feature item="impl Vector::forced"
    fn forced(&self) {}
}

#[cfg(target_feature = "avx2")]
#[cfg_attr(target_feature = "avx2", inline)]
#[cfg(all(unix, target_feature = "sse2"))]
fn asks_only() {
    if cfg!(target_feature = "avx2") {}
    is_x86_feature_detected!("avx2");
    let target_feature = 1;
}
