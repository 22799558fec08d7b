// `# Safety` sections: exported unsafe functions and traits, foreign functions, private but exported ones.
use core::ptr;

pub unsafe fn public() {} //~ missing-safety-doc
unsafe fn private() {}
pub(crate) unsafe fn restricted() {}

/// Reads.
pub unsafe fn without_section() {} //~ missing-safety-doc

/// # Safety
/// The pointer is valid.
pub unsafe fn with_section() {}

/// Reads.
///
/// ## Safety
///
/// The pointer is valid.
#[inline]
#[must_use]
pub unsafe fn behind_attributes() {}

#[inline]
/// # Safety
/// Between attributes.
#[must_use]
pub unsafe fn between_attributes() {}

#[doc = "# Safety"]
#[doc = "The pointer is valid."]
pub unsafe fn as_attributes() {}

/** # Safety
 * The pointer is valid. */
pub unsafe fn as_a_block() {}

#[doc = include_str!("elsewhere.md")]
pub unsafe fn elsewhere() {} //~ missing-safety-doc

pub unsafe trait Pod {} //~ missing-safety-doc
unsafe trait Private {}
/// # Safety
/// All bytes are valid.
pub unsafe trait Zeroable {
    unsafe fn undocumented(); //~ missing-safety-doc
    /// # Safety
    /// Once only.
    unsafe fn documented();
}

impl Ring {
    pub unsafe fn get(&self) {} //~ missing-safety-doc
    unsafe fn private(&self) {}
}

// SAFETY: see the trait.
unsafe impl Zeroable for Ring {
    unsafe fn undocumented() {}
    unsafe fn documented() {}
}

#[no_mangle]
unsafe extern "C" fn exported_though_private() {} //~ missing-safety-doc

extern "C" {
    pub fn declared(); //~ missing-safety-doc
    fn private_declaration();
    /// # Safety
    /// Once only.
    pub fn documented_declaration();
    #[link_name = "x"]
    pub fn renamed(); //~ missing-safety-doc
}

mod inner {
    /// # Safety
    ///
    /// The pointer is valid.
    pub unsafe fn in_a_module() {}
}
