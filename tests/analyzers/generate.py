"""Random Rust whose unsafe and foreign constructs are known, token by token, because it was built from them."""

from __future__ import annotations

import random
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from typing import TypeAlias

from hypothesis import strategies as st


@dataclass(frozen=True, slots=True)
class Token:
    """One token. ``editable`` says that another word of its sort keeps the program a program."""

    text: str
    editable: bool = False


@dataclass(frozen=True, slots=True, repr=False)
class Piece:
    """A stretch of tokens and pieces; with a ``kind`` it is a site whose place is its first token ``keyword``."""

    parts: tuple[Part, ...]
    kind: str = ""
    keyword: str = ""

    def __repr__(self) -> str:
        return " ".join(token.text for token in flat((self,)))


Part: TypeAlias = Token | Piece

LAYOUTS = (
    " ",
    "\n",
    "\t",
    "\r\n",
    "  \n\n  ",
    " /* unsafe { */ ",
    ' // extern "C" { \'\n',
    " /* a /* nested */ */ ",
)
# Longer than any piece of code that belongs together.
WIDE = " " * 300 + "\n" + "/* " + "wide " * 60 + "*/ "


@dataclass(frozen=True, slots=True)
class PlacedToken:
    """A token in a rendered program: its byte offset, and the innermost sites around it (outermost first)."""

    token: Token
    offset: int
    around: tuple[PlacedSite, ...]


@dataclass(frozen=True, slots=True)
class PlacedSite:
    """A site in a rendered program, at the byte offset of its keyword."""

    kind: str
    keyword: int


@dataclass(frozen=True, slots=True)
class Rendered:
    """A program as bytes, with what it was built from."""

    data: bytes
    tokens: tuple[PlacedToken, ...]
    sites: tuple[PlacedSite, ...]

    @property
    def unsafe_keywords(self) -> int:
        """How many ``unsafe`` keywords were written."""
        return sum(placed.token.text == "unsafe" for placed in self.tokens)


def words(text: str) -> tuple[Token, ...]:
    """Tokens that stay as they are, separated by spaces."""
    return tuple(Token(word) for word in text.split())


def flat(parts: Sequence[Part]) -> Iterator[Token]:
    """All tokens in order."""
    for part in parts:
        if isinstance(part, Token):
            yield part
        else:
            yield from flat(part.parts)


def render(items: Sequence[Part], seed: int | None = None) -> Rendered:
    """Write a program out: with single spaces, or in the layout and with the comments that ``seed`` chooses."""
    chance = random.Random(seed)  # noqa: S311 (layout, no secret)
    text: list[str] = []
    offset = 0
    tokens: list[PlacedToken] = []
    sites: list[PlacedSite] = []

    def write(part: Part, around: tuple[PlacedSite, ...]) -> None:
        nonlocal offset
        if isinstance(part, Token):
            tokens.append(PlacedToken(part, offset, around))
            gap = " " if seed is None else WIDE if chance.random() < 0.01 else chance.choice(LAYOUTS)
            text.append(part.text + gap)
            offset += len(text[-1].encode())
            return
        first = len(tokens)
        for child in part.parts:
            write(child, around)
        if not part.kind:
            return
        keyword = next(placed.offset for placed in tokens[first:] if placed.token.text == part.keyword)
        site = PlacedSite(part.kind, keyword)
        sites.append(site)
        depth = len(around)
        tokens[first:] = [
            replace(placed, around=(*placed.around[:depth], site, *placed.around[depth:]))
            for placed in tokens[first:]
        ]

    for item in items:
        write(item, ())
    return Rendered("".join(text).encode(), tuple(tokens), tuple(sites))


def edit(items: Sequence[Part], index: int, word: str = "") -> tuple[Part, ...]:
    """The program with another word for its ``index``-th token, of the same sort and found nowhere else."""
    counter = iter(range(1 << 30))

    def changed(part: Part) -> Part:
        if isinstance(part, Piece):
            return replace(part, parts=tuple(changed(child) for child in part.parts))
        return Token(word or other(part.text)) if next(counter) == index else part

    return tuple(changed(item) for item in items)


def other(text: str) -> str:
    """Another token of the same sort."""
    if text in OPERATORS:
        return "^"
    if text[0] == '"':
        return '"another unsafe { text"'
    return "987" if text[0].isdigit() else "edited"


# --- the grammar --------------------------------------------------------------------------------------

OPERATORS = ("+", "-", "*", "==", "<<", "&&", "|")
NAMES = st.sampled_from(("alpha", "beta", "r#unsafe", "unsafe_", "union", "asm", "x1", "naïve"))
LITERALS = st.sampled_from(("1", "0x2f", '"unsafe { }"', 'r#"extern " unsafe"#', "b'\"'", "'{'", 'c"unsafe"'))
TYPES = st.sampled_from(
    ("u8", "* const u8", "& 'static mut u8", "[ u8 ; { 1 + 1 } ]", "Ring < { 2 } >", "( u8 , )")
)


@st.composite
def expressions(draw: st.DrawFn, depth: int = 3) -> Piece:
    """An expression; deeper ones hold blocks, closures, calls of functions and macros, and unsafe blocks."""
    shape = draw(st.integers(0, 3 if depth == 0 else 11))
    leaf = Token(draw(NAMES if shape % 2 else LITERALS.filter(lambda text: text[0] in '01"')), editable=True)
    if shape <= 2:
        return Piece((leaf,))
    if shape == 3:
        return Piece((*words("*"), Token(draw(NAMES), editable=True)))
    inner = draw(expressions(depth - 1))
    if shape == 4:
        return Piece((leaf, Token(draw(st.sampled_from(OPERATORS)), editable=True), inner))
    if shape == 5:
        return Piece((*words("call ("), inner, *words(","), Token(draw(LITERALS)), *words(")")))
    if shape == 6:
        return Piece((leaf, *words("."), Token("method", editable=True), *words("("), inner, *words(")")))
    if shape == 7:
        return Piece((*words("( | x | {"), inner, *words("} ) ( 1 )")))
    if shape == 8:
        return Piece((*words("if alpha {"), inner, *words("} else { 'a' }")))
    if shape == 9:
        return Piece(
            (
                *words("match alpha { 0 =>"),
                inner,
                *words(", _ if beta => {"),
                draw(expressions(0)),
                *words("} }"),
            )
        )
    if shape == 10:
        return Piece((*words("mac ! ["), inner, *words("]")))
    return Piece(
        (*words("unsafe {"), *draw(statements(depth - 1)), inner, *words("}")), "unsafe-block", "unsafe"
    )


@st.composite
def statements(draw: st.DrawFn, depth: int) -> tuple[Part, ...]:
    """Up to two statements."""
    return tuple(
        Piece((*words("let x ="), draw(expressions(depth)), *words(";")))
        for _ in range(draw(st.integers(0, 2)))
    )


@st.composite
def pointers(draw: st.DrawFn) -> Part:
    """A type, now and then an unsafe or foreign function pointer."""
    shape = draw(st.integers(0, 4))
    inner = (Token("Type", editable=True),)
    if shape == 0:
        return Piece((*words("unsafe fn ("), *inner, *words(") -> u8")), "fn-pointer", "unsafe")
    if shape == 1:
        return Piece((*words('extern "C" fn ('), *inner, *words(")")), "fn-pointer", "extern")
    return Piece(words(draw(TYPES)))


@st.composite
def functions(draw: st.DrawFn, name: str, depth: int) -> Piece:
    """A function, safe or unsafe, of Rust's own or a foreign ABI."""
    unsafe, foreign = draw(st.booleans()), draw(st.integers(0, 3)) == 0
    signature: tuple[Part, ...] = (
        *words(f"fn {name} < 'a > ( x :"), draw(pointers()), *words(") -> Ring < { 1 } >"),
    )  # fmt: skip
    if foreign:
        signature = (Piece((*words('extern "C"'), *signature), "extern-fn", "extern"),)
    body = (*words("{"), *draw(statements(depth)), draw(expressions(depth)), *words("}"))
    front = words(draw(st.sampled_from(("", "pub", "pub ( crate )", "# [ inline ] pub"))))
    if unsafe:
        return Piece((*front, Piece((*words("unsafe"), *signature, *body), "unsafe-fn", "unsafe")))
    return Piece((*front, *signature, *body))


@st.composite
def items(draw: st.DrawFn, depth: int = 2) -> Piece:
    """An item; ``@`` in its name stands for a number that comes later, see ``numbered``."""
    shape = draw(st.integers(0, 9 if depth else 8))
    value = draw(expressions(1))
    if shape <= 2:
        return draw(functions("f@", 3))
    if shape == 3:
        method: Piece = draw(functions("m@", 2))
        head = words("impl < T > Tr for S@ < T > where T : Copy {")
        body: tuple[Token | Piece, ...] = (*head, method, *words("}"))
        return (
            Piece((*words("unsafe"), *body), "unsafe-impl", "unsafe") if draw(st.booleans()) else Piece(body)
        )
    if shape == 4:
        return Piece((Piece((*words("static mut S@ : u8 ="), value, *words(";")), "static-mut", "static"),))
    if shape == 5:
        return Piece((*words("const C@ :"), draw(pointers()), *words("="), value, *words(";")))
    if shape == 6:
        foreign = Piece(
            (*words("fn g@ ( x :"), Token("u8", editable=True), *words(") ;")), "foreign-fn", "fn"
        )
        head = words(draw(st.sampled_from(('extern "C" {', 'unsafe extern "system" {', "extern {"))))
        return Piece((*head, foreign, *words("}")), "extern-block", "extern")
    if shape == 7:
        return Piece((*words("macro_rules ! m@ { ( $ e : expr ) => {"), value, *words("} ; }")))
    if shape == 8:
        field = (*words("alpha :"), draw(pointers()), *words(","))
        return Piece((*words("unsafe"), *words("trait T@ { fn f ( & self ) {"), value, *words("} }")), "unsafe-trait", "unsafe") if draw(st.booleans()) else Piece((*words("struct S@ {"), *field, *words("}")))  # fmt: skip
    return Piece((*words("mod n@ {"), draw(items(depth - 1)), *words("}")))


def numbered(parts: Sequence[Part]) -> tuple[Part, ...]:
    """The program with a number for every ``@``: no two items have the same name."""
    numbers = iter(range(1 << 30))

    def named(part: Part) -> Part:
        if isinstance(part, Piece):
            return replace(part, parts=tuple(named(child) for child in part.parts))
        return replace(part, text=part.text.replace("@", str(next(numbers)))) if "@" in part.text else part

    return tuple(named(part) for part in parts)


programs = st.lists(items(), min_size=1, max_size=5).map(numbered)
