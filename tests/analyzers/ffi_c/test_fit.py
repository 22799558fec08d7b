"""What is told of a source and a header that do not fit, and above all what is not."""

from __future__ import annotations

import pytest

from tests.analyzers.ffi_c.pull_request import findings, told

LIBC = "use std::os::raw::*;\n"


def imported(signature: str, more: str = "") -> str:
    return f'{LIBC}{more}\nextern "C" {{\n    fn lib_f{signature};\n}}\n'


@pytest.mark.parametrize(
    ("rust", "c"),
    [
        ("(a: c_int, b: *const c_char) -> c_int", "int lib_f(int a, const char *b);"),
        ("(a: libc::c_int, b: core::ffi::c_uint)", "void lib_f(int, unsigned);"),
        ("(a: i32, b: u64)", "void lib_f(int32_t a, uint64_t b);"),
        ("(n: usize) -> isize", "ssize_t lib_f(size_t n);"),
        ("(n: c_ulong)", "void lib_f(unsigned long n);"),
        # Array decay, functions as parameters.
        ("(a: *mut c_int)", "void lib_f(int a[4]);"),
        ("(a: &mut [u8; 32])", "void lib_f(uint8_t a[32]);"),
        ("(a: *mut [u8; 32])", "void lib_f(uint8_t *a);"),
        ("(a: *mut Four)", "typedef int32_t Four[4];\nvoid lib_f(Four a);"),
        ("(a: *const i32)", "typedef int32_t Four[4];\nvoid lib_f(const Four a);"),
        ("(cb: Option<unsafe extern fn(c_int)>)", "void lib_f(void cb(int));"),
        ("(cb: unsafe extern fn(c_int))", "typedef void (*cb_t)(int);\nvoid lib_f(cb_t cb);"),
        ("(cb: Option<unsafe extern fn(c_int)>)", "void lib_f(void (*cb)(void));"),
        ("(cb: *mut c_void)", "void lib_f(void (*cb)(int));"),
        # What goes by another name.
        ("(a: *mut c_void)", "struct s;\nvoid lib_f(struct s *a);"),
        ("(a: *mut Opaque)", "typedef struct s s_t;\nvoid lib_f(s_t *a);"),
        ("(a: &Opaque) -> Option<Box<Opaque>>", "typedef struct s s_t;\ns_t *lib_f(const s_t *a);"),
        ("(a: NonNull<Opaque>, b: Option<NonNull<Opaque>>)", "void lib_f(void *a, struct s *b);"),
        ("(a: Handle)", "typedef struct s *handle;\nvoid lib_f(handle a);"),
        ("(a: Wrapper)", "typedef struct s *handle;\nvoid lib_f(handle a);"),
        ("(a: Wrapper)", "void lib_f(void *a);"),
        ("(a: Number)", "typedef uint32_t number;\nvoid lib_f(number a);"),
        ("(a: Unheard)", "typedef uint32_t number;\nvoid lib_f(number a);"),
        ("(a: other::Type)", "void lib_f(uint64_t a);"),
        ("(a: libc::off_t, b: libc::time_t)", "void lib_f(off_t a, time_t b);"),
        ("(a: u32)", "void lib_f(DWORD a);"),
        ("(a: usize)", "void lib_f(uintptr_t a);"),
        ("(a: usize)", "void lib_f(void *a);"),
        # Enumerations, truth and bytes.
        ("(a: c_int)", "enum e { A };\nvoid lib_f(enum e a);"),
        ("(a: u32)", "typedef enum { A } e;\nvoid lib_f(e a);"),
        ("(a: E)", "enum e { A };\nvoid lib_f(enum e a);"),
        ("(a: u8) -> bool", "bool lib_f(bool a);"),
        ("(a: *const u8)", "void lib_f(const char *a);"),
        ("(a: *const i8)", "void lib_f(const unsigned char *a);"),
        ("() -> !", "_Noreturn void lib_f(void);"),
        ("()", "int lib_f();"),
        # Uncertain or other headers.
        ("(a: c_int)", "#if X\nvoid lib_f(int a);\n#else\nvoid lib_f(int a, int b);\n#endif"),
        ("(a: c_int)", "void lib_f(int a\n#ifdef X\n, int b\n#endif\n);"),
        ("(a: c_int)", "LIB_DECLARE(void, lib_f, (int a, int b));"),
        ("(a: c_int)", "static inline void lib_f(int a, int b) {}"),
        ("(a: c_int)", "class C {\n void lib_f(int a, int b);\n};"),
        ("(a: c_int)", "#define FILL(x) \\\n  void lib_f(int, int);"),
        ("(a: c_int)", "// void lib_f(int, int);"),
        ("(a: c_int)", "void lib_g(int a, int b);"),
    ],
)
def test_what_fits_or_is_not_certain_is_not_told(rust: str, c: str) -> None:
    types = (
        "pub enum Opaque {}\n"
        "pub type Handle = *mut Opaque;\n"
        "#[repr(transparent)] pub struct Wrapper(*mut Opaque, PhantomData<u8>);\n"
        "#[repr(C)] pub struct Number { value: u32 }\n"
        "#[repr(C)] pub enum E { A }\n"
        "pub type Four = [i32; 4];\n"
    )
    assert told(imported(rust, types), c) == []


@pytest.mark.parametrize(
    ("rust", "c", "ids"),
    [
        ("(a: c_int)", "void lib_f(int a, int b);", ["arity"]),
        ("(a: c_int)", "void lib_f(void);", ["arity"]),
        ("(a: i64)", "void lib_f(int a);", ["parameter-width"]),
        ("(a: u32)", "void lib_f(int a);", ["parameter-sign"]),
        ("(a: usize)", "void lib_f(unsigned int a);", ["parameter-models"]),
        ("(a: i64)", "void lib_f(long a);", ["parameter-models"]),
        ("(a: f32)", "void lib_f(double a);", ["parameter-width"]),
        ("(a: u32)", "void lib_f(float a);", ["parameter-kind"]),
        ("(a: u32)", "void lib_f(char *a);", ["parameter-pointer"]),
        ("(a: *mut u8)", "void lib_f(int a);", ["parameter-pointer"]),
        ("(a: *mut u64)", "void lib_f(uint64_t a);", ["parameter-pointer"]),
        ("(a: *mut u8)", "void lib_f(unsigned long a);", ["parameter-models"]),
        ("(a: *mut *mut c_char)", "void lib_f(char *a);", ["parameter-depth"]),
        ("(a: *mut c_char)", "void lib_f(char **a);", ["parameter-depth"]),
        ("(a: *mut thing)", "struct thing;\nvoid lib_f(struct thing **a);", ["parameter-depth"]),
        ("(a: *mut u32)", "void lib_f(uint64_t *a);", ["parameter-width"]),
        ("(a: *mut u64)", "typedef int32_t Four[4];\nvoid lib_f(Four a);", ["parameter-width"]),
        ("(a: Two)", "void lib_f(int a);", ["parameter-kind"]),
        ("(a: c_int)", "struct two { int a, b; };\nvoid lib_f(struct two a);", ["parameter-kind"]),
        ("(cb: extern fn(c_int))", "void lib_f(void (*cb)(int, void *));", ["parameter-callback"]),
        (
            "(cb: Option<extern fn(u64)>)",
            "typedef void (*cb_t)(int);\nvoid lib_f(cb_t);",
            ["parameter-callback"],
        ),
        ("(f: *const c_char)", "void lib_f(const char *f, ...);", ["variadic"]),
        ("(f: *const c_char, ...)", "void lib_f(const char *f);", ["not-variadic"]),
        ("() -> u64", "int lib_f(void);", ["result-width"]),
        ("() -> c_int", "void lib_f(void);", ["result-kind"]),
        ("()", "int lib_f(void);", ["result-ignored"]),
        ("() -> *mut u8", "int lib_f(void);", ["result-pointer"]),
        ("(a: u8) -> u8", "int lib_f(int a);", ["parameter-width", "result-width"]),
        ("(a: Small)", "enum e { A };\nvoid lib_f(enum e a);", ["parameter-width"]),
    ],
)
def test_what_cannot_fit_is_told(rust: str, c: str, ids: list[str]) -> None:
    types = "#[repr(C)] pub struct Two { a: c_int, b: c_int }\n#[repr(u8)] pub enum Small { A }\npub enum thing {}\n"
    assert told(imported(rust, types), c) == ids


@pytest.mark.parametrize(
    ("rust", "c", "ids"),
    [
        ('#[no_mangle] pub extern "C" fn lib_f(a: u8) {}', "void lib_f(int a);", ["parameter-width"]),
        ('#[export_name = "lib_f"] pub extern "C" fn g(a: u8) {}', "void lib_f(int a);", ["parameter-width"]),
        ('#[no_mangle] pub extern "C" fn lib_f() {}', "int lib_f(void);", ["result-missing"]),
        # Whoever calls may ignore a result.
        ('#[no_mangle] pub extern "C" fn lib_f() -> i32 { 1 }', "void lib_f(void);", []),
        ('pub extern "C" fn lib_f(a: u8) {}', "void lib_f(int a);", []),
        ("#[no_mangle] pub fn lib_f(a: u8) {}", "void lib_f(int a);", []),
        ('extern "C" { #[link_name = "lib_f"] fn g(a: u8); }', "void lib_f(int a);", ["parameter-width"]),
        ('extern "C" { static lib_v: u8; }', "extern int lib_v;", ["static-width"]),
        ('extern "C" { static lib_v: [u8; 3]; }', "extern const uint8_t lib_v[4];", ["static-length"]),
        ('extern "C" { static lib_v: i32; }', "extern int lib_v;", []),
        ('#[cfg(test)] mod tests { extern "C" { fn lib_f(a: u8); } }', "void lib_f(int a);", []),
        (
            '#[cfg(windows)] extern "C" { fn lib_f(a: u8); }\n#[cfg(unix)] extern "C" { fn lib_f(a: i32); }',
            "void lib_f(int a);",
            [],
        ),
        (
            '#[no_mangle] pub extern "C" fn lib_f(#[cfg(unix)] a: u8, #[cfg(windows)] a: u16) {}',
            "void lib_f(unit a);",
            [],
        ),
        (
            'macro_rules! m { ($t:ty) => { extern "C" { fn lib_f(a: $t); } } }',
            "void lib_f(int a, int b);",
            [],
        ),
    ],
)
def test_exports_statics_and_varied_items(rust: str, c: str, ids: list[str]) -> None:
    assert told(rust, c) == ids


@pytest.mark.parametrize(
    ("rust", "c", "ids"),
    [
        ("struct T { a: u32, b: u8 }", "struct T { uint32_t a; uint8_t b; };", []),
        ("struct T { a: u32 }", "typedef struct { uint32_t a; uint8_t b; } T;", ["fields"]),
        ("struct T { b: u8, a: u32 }", "struct T { uint32_t a; uint8_t b; };", ["order"]),
        ("struct T { a: u64, b: u8 }", "struct T { uint32_t a; uint8_t b; };", ["field-width"]),
        ("struct T { a: u32, renamed: u8 }", "struct T { uint32_t a; uint8_t b; };", []),
        ("struct T { type_: u32, r#in: u8 }", "struct T { uint32_t type; uint8_t in; };", []),
        ("struct T { a: [u8; 4] }", "struct T { uint8_t a[8]; };", ["field-length"]),
        ("struct T { a: *mut u8 }", "struct T { uint8_t a[8]; };", ["field-kind"]),
        ("struct T { a: [u8; 2] }", "struct T { uint8_t a[N]; };", []),
        ("struct T { _private: [u8; 0] }", "struct T { uint8_t a; int b; };", []),
        ("struct T { a: u8, _marker: PhantomData<u8> }", "struct T { uint8_t a; };", []),
        ("struct T { a: u8, #[cfg(x)] b: u8 }", "struct T { uint8_t a; };", []),
        ("struct T { a: u8 }", "struct T { uint8_t a; int bits : 3; };", []),
        ("struct T { a: u8 }", "struct T { uint8_t a;\n#ifdef X\nint b;\n#endif\n};", []),
        ("struct T { a: u8 }", "struct T;", []),
        ("struct T { _bitfield_1: [u8; 4], b: u8 }", "struct T { uint8_t a; };", []),
        ("union T { a: u32, b: u8 }", "union T { uint32_t a; uint64_t b; };", ["field-width"]),
        (
            "struct T { a: u8, b: u32 }",
            "struct __attribute__((packed)) T { uint8_t a; uint32_t b; };",
            ["packed"],
        ),
        ("enum T { One = 1, Two = 3 }", "enum T { T_ONE = 1, T_TWO };", ["variant"]),
        ("enum T { One = 1, Two }", "typedef enum { T_ONE = 1, T_TWO, T_MAX } T;", []),
        ("enum T { One, Extra = 9 }", "enum T { T_ONE, T_TWO };", []),
    ],
)
def test_types_of_the_same_name_are_compared(rust: str, c: str, ids: list[str]) -> None:
    assert told(f"#[repr(C)]\npub {rust}\n", c) == ids


@pytest.mark.parametrize(
    ("rust", "c", "ids"),
    [
        ("const LIB_MAX: u32 = 3;", "#define LIB_MAX 4", ["constant"]),
        ("const LIB_MAX: u32 = 0x10;", "#define LIB_MAX (1 << 4)", []),
        ("const LIB_MAX: c_int = 1 << 4;", "enum { LIB_MAX = 16 };", []),
        ("const LIB_MAX: c_int = 1_000;", "enum { LIB_MIN, LIB_MAX };", ["constant"]),
        ("const LIB_ALL: u32 = 0xffff_ffff;", "#define LIB_ALL -1", []),
        ("const LIB_MAX: u32 = 3;", "#define LIB_MAX sizeof(int)", []),
        ("const LIB_MAX: u32 = 3;", "#ifdef X\n#define LIB_MAX 3\n#else\n#define LIB_MAX 4\n#endif", []),
        ("const LIB_MAX: u32 = compute();", "#define LIB_MAX 4", []),
        ("const MAX: u32 = 3;", "#define MAX 4", []),
    ],
)
def test_constants_of_the_same_name_are_compared(rust: str, c: str, ids: list[str]) -> None:
    assert told(f'{LIBC}pub {rust}\nextern "C" {{ fn lib_f(); }}\n', c) == ids


def test_a_finding_names_both_places_and_both_types() -> None:
    (finding,) = findings(
        {},
        {
            "src/lib.rs": 'extern "C" {\n    fn lib_f(a: u8);\n}\n',
            "lib.h": "/* */\nvoid lib_f(uint32_t count);\n",
        },
    )
    assert (finding.id, finding.path, finding.line, finding.kind) == (
        "ffi-header-mismatch",
        "src/lib.rs",
        2,
        "foreign-fn",
    )
    (note,) = finding.notes
    assert (note.path, note.line) == ("lib.h", 2)
    assert dict(note.values) == {
        "number": "1",
        "rust": "u8",
        "c": "uint32_t count",
        "rust_bits": "8",
        "c_bits": "32",
    }
