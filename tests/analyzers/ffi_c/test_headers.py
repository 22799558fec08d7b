"""What is read of a header without a preprocessor's settings, and what is left alone."""

from __future__ import annotations

import pytest

from analyzers.ffi.c.headers import Headers, Store
from analyzers.ffi.c.types import (
    Alias,
    Enumeration,
    Function,
    Parameter,
    Pointer,
    Prototype,
    Record,
    Tagged,
    Type,
    Unknown,
    Void,
    Word,
)

INT = Word("int")


def headers(*texts: str) -> Headers:
    return Headers({f"{index}.h": text.encode() for index, text in enumerate(texts)}, Store())


def prototype(text: str, name: str = "f") -> Prototype:
    found = headers(text).prototypes(name)
    assert len(found) == 1, found
    return found[0]


def types(function: Function) -> list[Type]:
    return [parameter.type for parameter in function.parameters]


@pytest.mark.parametrize(
    ("text", "result"),
    [
        ("int f(void);", INT),
        ("extern unsigned long int f(void);", Word("unsigned long")),
        ("long unsigned f(void);", Word("unsigned long")),
        ("const char *f(void);", Pointer(Word("char"), const=True)),
        ("char const *f(void);", Pointer(Word("char"), const=True)),
        ("char *const f(void);", Pointer(Word("char"))),
        ("struct s *f(void);", Pointer(Tagged("struct", "s"))),
        ("int f(void) __attribute__((nonnull(1), format(printf, 1, 2)));", INT),
        ("__declspec(dllexport) int __stdcall f(void);", INT),
        ("_Noreturn void f(void);", Void()),
        ("[[nodiscard]] int f(void);", INT),
        ("#define API extern\nAPI size_t f(void);", Alias("size_t")),
        ('#define API __attribute__((visibility("default")))\nAPI thing *f(void);', Pointer(Alias("thing"))),
        ("#define EXTERN(type) extern type\nEXTERN(int) f(void);", INT),
        ("LIB_API(int) f(void);", INT),
        ("CURL_EXTERN CURLcode f(void);", Alias("CURLcode")),
        ("int WINAPI f(void);", INT),
        ("G_BEGIN_DECLS\n\nint f(void);", INT),
        ("LIB_DEPRECATED_FOR(g)\nint f(void);", INT),
        ("int f(void) G_GNUC_CONST;", INT),
        ("int f(void) LIB_SINCE(1, 2);", INT),
        ("#define own\nown thing *f(void);", Pointer(Alias("thing"))),
        ('extern "C" int f(void);', INT),
        ('#ifdef __cplusplus\nextern "C" {\n#endif\nint f(void);\n#ifdef __cplusplus\n}\n#endif', INT),
        ('extern "C" {\nint f(void);\n}', INT),
        ("#ifndef H\n#define H\nint f(void);\n#endif", INT),
        ("#if 0\nchar f(void);\n#endif\nint f(void);", INT),
        ("#ifdef __cplusplus\nauto f() -> int;\n#else\nint f(void);\n#endif", INT),
        ("int f(void) { if (x) { return 1; } return 2; }", INT),
        ("/* char f(void); */ int f(void); // long f(void);", INT),
        ("int f(void);\r\n", INT),
        ("thing\nf(void);", Alias("thing")),
    ],
)
def test_a_prototype_is_read_through_what_surrounds_it(text: str, result: Type) -> None:
    assert prototype(text).type.result == result


@pytest.mark.parametrize(
    ("parameters", "expected"),
    [
        ("int a[4]", [Pointer(INT)]),
        ("const char *const argv[]", [Pointer(Pointer(Word("char"), const=True), const=True)]),
        ("void cb(int)", [Pointer(Function((Parameter("", INT, "int"),), Void()))]),
        ("char **out, size_t", [Pointer(Pointer(Word("char"))), Alias("size_t")]),
        ("enum e k, union u *v", [Tagged("enum", "e"), Pointer(Tagged("union", "u"))]),
        ("int *restrict p", [Pointer(INT)]),
        ("_Bool b, long long int x", [Word("bool"), Word("long long")]),
    ],
)
def test_parameters_are_adjusted_as_the_standard_says(parameters: str, expected: list[Type]) -> None:
    assert types(prototype(f"void f({parameters});").type) == expected


def test_variadic_functions_and_those_without_a_prototype_are_told_apart() -> None:
    assert prototype("int f(const char *format, ...);").type.variadic
    assert not prototype("int f();").type.prototyped
    assert prototype("int f(void);").type.prototyped


@pytest.mark.parametrize(
    "text",
    [
        "static inline int f(int x) { return x; }",
        "LIB_DECLARE(int, f, (void));",
        "int f __P((int));",
        'int f(void) __asm__("g");',
        "int f(int a\n#ifdef WIDE\n, int b\n#endif\n);",
        "FOO BAR f(void);",
        "#define f(x) g(x)",
        "class C {\n int f(void);\n};",
        "namespace n {\n int f(void);\n}",
        "int f(std::string &s);",
        "struct s { int (*f)(void); };",
        "typedef int f(void);",
        "int f(int a",
        "void g(void) { int f(void); }",
    ],
)
def test_what_is_no_certain_declaration_of_a_function_is_none(text: str) -> None:
    assert headers(text).prototypes("f") == ()


def test_a_header_of_several_languages_keeps_what_has_c_linkage() -> None:
    found = headers('namespace n { int g(void); }\nint h(void);\nextern "C" {\nint f(void);\n}')
    assert found.prototypes("f")
    assert not found.prototypes("g")
    assert not found.prototypes("h")


def test_lines_are_those_of_the_names() -> None:
    assert prototype("/*\n*/\n#define X \\\n  1\n\nint\nf(void);").line == 7


@pytest.mark.parametrize(
    ("texts", "expected"),
    [
        (["typedef unsigned int u;", "typedef u t;"], Word("unsigned int")),
        (["#define t unsigned int"], Word("unsigned int")),
        (["typedef int t;", "typedef int t;"], INT),
        (["typedef int t;", "typedef long t;"], INT),
        (["", "typedef int t;", "typedef long t;"], Unknown()),
        (["#if X\ntypedef int t;\n#else\ntypedef long t;\n#endif"], Unknown()),
        (["typedef t2 t;\ntypedef t t2;"], Unknown()),
        (["typedef size_t t;"], Alias("size_t")),
        (["typedef DWORD t;"], Unknown()),
        ([""], Unknown()),
    ],
)
def test_a_name_means_what_its_own_header_says_or_all_others(texts: list[str], expected: Type) -> None:
    assert headers(*texts).resolved(Alias("t"), "0.h") == expected


def test_the_fields_of_a_struct_come_in_order_with_their_types() -> None:
    (record,) = headers("struct s { uint8_t a; int b[1 << 2], *c; union { int d; } e; };").records(
        Tagged("struct", "s")
    )
    assert [field.name for field in record.fields] == ["a", "b", "c", "e"]
    assert record.plain
    assert not record.packed


def test_a_struct_without_a_tag_is_found_through_its_typedef() -> None:
    found = headers("typedef struct { int a; } t;")
    type_ = found.resolved(Alias("t"), "0.h")
    assert isinstance(type_, Tagged)
    assert [len(record.fields) for record in found.records(type_)] == [1]


@pytest.mark.parametrize(
    ("text", "packed", "plain"),
    [
        ("struct s { int a; };", False, True),
        ("struct __attribute__((packed)) s { int a; };", True, True),
        ("struct s { int a : 3; };", False, False),
        ("struct s { int a __attribute__((aligned(16))); };", False, False),
        ("#pragma pack(1)\nstruct s { int a; };", False, False),
        ("struct PACKED s { int a; };", False, False),
    ],
)
def test_what_else_decides_about_a_layout_is_noticed(text: str, packed: bool, plain: bool) -> None:
    records: tuple[Record, ...] = headers(text).records(Tagged("struct", "s"))
    assert all((record.packed, record.plain) == (packed, plain) for record in records)
    assert records or "PACKED" in text


def test_a_struct_with_conditional_fields_is_not_certain() -> None:
    assert headers("struct s {\n int a;\n#ifdef X\n int b;\n#endif\n};").records(Tagged("struct", "s")) == ()


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("#define X 3", 3),
        ("#define X (1u << 4)", 16),
        ("#define X 0x10UL", 16),
        ("#define X -1", -1),
        ("#define X 010", 8),
        ("#define Y 2\n#define X (Y + 1)", 3),
        ("enum { A, X };", 1),
        ("enum { A = 1 << 3, X = A | 1 };", 9),
        ("enum { X = 'a' };", 97),
        ("#define X 1\n#define X 2", None),
        ("#define X sizeof(int)", None),
        ("#define X f(1)", None),
        ("#define X X", None),
        ("#define X Y\n#define Y X", None),
        ("#define X (1 << 100000)", None),
        ("#define X " + "9" * 5000, None),
        ('#define X "3"', None),
    ],
)
def test_constants_have_their_value_where_it_is_certain(text: str, value: int | None) -> None:
    assert headers(text).value("X") == value


def test_an_enumeration_counts_on_from_its_last_value() -> None:
    found: tuple[Enumeration, ...] = headers("enum e { A, B = 5, C, D = UNKNOWN, E };").enumerations(
        Tagged("enum", "e")
    )
    assert [constant.value for constant in found[0].constants] == [0, 5, 6, None, None]
