"""What users of the library can read about it."""

from __future__ import annotations

import posixpath
import re
from collections.abc import Iterable

from analyzers.paths import is_test_target
from analyzers.publishing.crate import Crate
from analyzers.publishing.item import Item
from analyzers.publishing.model import Edit, Place, Result, Severity, Value, asked, failed, listed, passed
from analyzers.rust.public_items import PublicItem

_CLAIM = re.compile(r"\b(?:deny|forbid|warn)\s*\([^()]*\bmissing_docs\b")
_INCLUDED = re.compile(r"\binclude_str!\s*\(\s*\"([^\"]+)\"")
_CHANGELOG = (
    r"(?:change[-_]?log|changes|history|news|release[-_]?notes|releases)(?:\.(?:md|txt|rst|adoc|org))?"
)


def _place(crate: Crate, path: str, item: PublicItem) -> Place:
    return Place(crate.tree.at(path), item.line, item.label)


def _places(crate: Crate, found: Iterable[tuple[str, PublicItem]]) -> tuple[Place, ...]:
    return tuple(_place(crate, path, item) for path, item in found)


def _labels(found: list[tuple[str, PublicItem]]) -> str:
    return listed([item.label for _, item in found])


def _crate_docs(crate: Crate) -> Result | None:
    root = crate.library or (crate.binaries[0] if crate.binaries else "")
    if not root:
        return None
    if line := crate.facts(root).crate_docs:
        return passed("", Place(crate.tree.at(root), line))
    place = Place(crate.tree.at(root), 1)
    if not crate.library:
        return None
    name = crate.manifest.name
    text = f"//! <What {name} is for, in one sentence.>\n//!\n//! <Its most important items, and how to begin.>\n"
    head = crate.tree.sources[root].split(b"\n", 1)[0]
    how = 1 if head.startswith(b"#!") and not head.startswith(b"#![") else 0
    return failed("missing", place, edits=(Edit(crate.tree.at(root), "behind", how, text),))


def _examples(crate: Crate) -> Result | None:
    if not crate.library or crate.is_proc_macro:
        return None
    tested = sum(crate.facts(path).examples for path in crate.library_files) + _in_included(crate)
    files = [path for path in crate.tree.sources if path.startswith("examples/")]
    if tested or files:
        return passed(tests=tested, files=len(files))
    functions = [pair for pair in crate.api if pair[1].kind == "fn"] or list(crate.api)
    if not functions:
        return None
    path, item = functions[0]
    return failed("none", _place(crate, path, item), edits=_example(crate, path, item), item=item.label)


def _example(crate: Crate, path: str, item: PublicItem) -> tuple[Edit, ...]:
    """An example to begin with: above an item that stands at the margin without documentation, else in a file."""
    if item.documented or item.owner or item.modules or path != crate.library:
        text = f"fn main() {{\n    // <The shortest thing that {crate.manifest.name} is good for.>\n}}"
        return (Edit(crate.tree.at("examples/start.rs"), "create", 0, text),)
    name = crate.manifest.name.replace("-", "_")
    lines = (
        f"/// <What `{item.name}` does.>",
        "///",
        "/// ```",
        f"/// use {name}::{item.name};",
        "/// // <its use>",
        "/// ```",
    )
    return (Edit(crate.tree.at(path), "behind", item.line - 1, "\n".join(lines)),)


def _in_included(crate: Crate) -> int:
    """The code blocks of files that the library takes for its documentation."""
    from analyzers.rust.documentation import examples

    count = 0
    for path in crate.library_files:
        for attribute in crate.facts(path).attributes:
            for found in _INCLUDED.finditer(attribute.text):
                place = posixpath.normpath(posixpath.join(posixpath.dirname(crate.tree.at(path)), found[1]))
                count += examples(crate.tree.content(place) or b"")
    return count


def _missing_docs(crate: Crate) -> Result | None:
    if not crate.api:
        return None
    wanted = [(path, item) for path, item in crate.api if item.kind != "macro"]
    bare = [(path, item) for path, item in wanted if not item.documented]
    claims = [place for place, text in crate.attributes("missing_docs") if _CLAIM.search(text)]
    claimed = bool(claims) or crate.manifest.lint_level("rust", "missing_docs") in {"deny", "forbid", "warn"}
    share = 100 * (len(wanted) - len(bare)) // len(wanted) if wanted else 100
    values: dict[str, Value] = {"count": len(bare), "names": _labels(bare), "share": share}
    if not bare:
        return passed("complete", also=values)
    if claimed:
        return asked("claimed", *claims[:1], *_places(crate, bare), also=values)
    if share >= 80:
        return passed("most", *_places(crate, bare), also=values)
    return failed("few", *_places(crate, bare), edits=_first_doc(crate, bare), also=values)


def _first_doc(crate: Crate, bare: list[tuple[str, PublicItem]]) -> tuple[Edit, ...]:
    edits = []
    # From the end of the file, so that the lines of those above stay right.
    for path, item in sorted(bare[:20], key=lambda pair: (pair[0], -pair[1].line)):
        source = crate.tree.sources[path].split(b"\n")[item.line - 1].decode("utf-8", "replace")
        indent = source[: len(source) - len(source.lstrip())]
        text = f"{indent}/// <What `{item.name}` is for.>"
        edits.append(Edit(crate.tree.at(path), "behind", item.line - 1, text))
    return tuple(edits)


def _errors(crate: Crate) -> Result | None:
    fallible = [(path, item) for path, item in crate.api if item.returns_result and item.documented]
    if not fallible:
        return None
    silent = [
        (path, item) for path, item in fallible if "errors" not in item.mentions and not _is_obvious(item)
    ]
    if silent:
        return failed(
            "missing", *_places(crate, silent), count=len(silent), names=_labels(silent), all=len(fallible)
        )
    return passed(count=len(fallible))


def _is_obvious(item: PublicItem) -> bool:
    """Methods of a trait are implemented by others, who know their errors."""
    return item.signature.startswith("fn ") and bool(item.owner)


def _panics(crate: Crate) -> Result | None:
    risky = [(path, item) for path, item in crate.api if item.panics and item.documented]
    if not risky:
        return None
    silent = [(path, item) for path, item in risky if "panics" not in item.mentions]
    if silent:
        return asked(
            "missing",
            *_places(crate, silent),
            count=len(silent),
            names=_labels(silent),
            word=silent[0][1].panics,
        )
    return passed(count=len(risky))


def _safety(crate: Crate) -> Result | None:
    risky = [(path, item) for path, item in crate.api if item.is_unsafe]
    if not risky:
        return None
    silent = [(path, item) for path, item in risky if "safety" not in item.mentions]
    if silent:
        return failed("missing", *_places(crate, silent), count=len(silent), names=_labels(silent))
    return passed(count=len(risky))


def _changelog(crate: Crate) -> Result:
    found = crate.find(_CHANGELOG)
    version = crate.manifest.version
    if not found:
        text = f"# Changelog\n\n## {version}\n\n- <What is new for users.>"
        return failed(
            "missing", crate.here("version"), edits=(Edit(crate.tree.at("CHANGELOG.md"), "create", 0, text),)
        )
    known = [path for path in found if crate.tree.content(path) is not None]
    named = re.compile(rf"(?<![\d.]){re.escape(version.split('+')[0])}(?![\d.]*\d)")
    for path in known:
        text = (crate.tree.content(path) or b"").decode("utf-8", "replace")
        entry = named.search(text)
        if entry is not None:
            return passed("", Place(path, text.count("\n", 0, entry.start()) + 1), file=path, version=version)
    place = Place(found[0], 1)
    elsewhere = re.search(
        r"\b(?:github\.com|gitlab\.com|codeberg\.org)/\S+/releases\b", _text(crate, found[0])
    )
    if elsewhere is not None or _text(crate, found[0]).count("\n") < 3:
        return asked("elsewhere", place, file=found[0], version=version)
    edits: tuple[Edit, ...] = ()
    lines = _text(crate, found[0]).split("\n")
    first = next((at for at, line in enumerate(lines) if re.match(r"## ", line)), None)
    if first is not None:
        edits = (Edit(found[0], "behind", first, f"## {version}\n\n- <What is new for users.>\n"),)
    return failed("no-entry", place, edits=edits, file=found[0], version=version)


def _text(crate: Crate, path: str) -> str:
    return (crate.tree.content(path) or b"").decode("utf-8", "replace")


def _tests(crate: Crate) -> Result | None:
    """Tests are in the repository, not necessarily in the archive."""
    if not crate.sources:
        return None
    test = re.compile(
        rb"#\s*\[\s*(?:\w+\s*::\s*)*(?:test|cfg\s*\(\s*test|test_case|rstest|quickcheck|proptest|wasm_bindgen_test)\b|\bproptest\s*!|\bquickcheck\s*!"
    )
    files = [path for path in sorted(crate.tree.sources) if is_test_target(path) or path in crate.sources]
    for path in files:
        found = test.search(crate.tree.sources[path])
        if found is not None:
            line = crate.tree.sources[path].count(b"\n", 0, found.start()) + 1
            return passed("", Place(crate.tree.at(path), line))
    if crate.library and any(crate.facts(path).examples for path in crate.library_files):
        return passed("doc-tests")
    return failed("none", Place(crate.tree.at(crate.sources[0]), 1))


_GUIDE = "https://rust-lang.github.io/api-guidelines"
ITEMS = (
    Item("crate-docs", Severity.ADVISE, f"{_GUIDE}/documentation.html#c-crate-doc", _crate_docs),
    Item("examples", Severity.ADVISE, f"{_GUIDE}/documentation.html#c-example", _examples),
    Item("tests", Severity.ADVISE, "https://doc.rust-lang.org/cargo/guide/tests.html", _tests),
    Item(
        "missing-docs",
        Severity.ADVISE,
        "https://doc.rust-lang.org/rustc/lints/listing/allowed-by-default.html#missing-docs",
        _missing_docs,
    ),
    Item("errors-section", Severity.ADVISE, f"{_GUIDE}/documentation.html#c-failure", _errors),
    Item("panics-section", Severity.ADVISE, f"{_GUIDE}/documentation.html#c-failure", _panics),
    Item("safety-section", Severity.WARN, f"{_GUIDE}/documentation.html#c-failure", _safety),
    Item("changelog", Severity.ADVISE, f"{_GUIDE}/documentation.html#c-relnotes", _changelog),
)
