"""Code that a build step writes: ``include!`` of OUT_DIR, and files that bindgen or cbindgen's likes produced."""

from __future__ import annotations

import re
from collections.abc import Iterator

from analyzers.kind import Kind, Match
from analyzers.model import Group
from analyzers.rust.source import Source

KIND = Kind(
    "generated-bindings",
    Group.FFI,
    "generated code is compiled in: what it declares is not in the diff",
    "https://doc.rust-lang.org/cargo/reference/build-script-examples.html#code-generation",
    words=(b"include",),
)
_SHAPE = re.compile(rb"include\s*!\s*([(\[{])")


def match(source: Source, at: int) -> Iterator[Match]:
    """Match at ``include`` when its argument names ``OUT_DIR`` or another environment variable."""
    found = _SHAPE.match(source.text, at)
    if found is None:
        return
    end = source.close_of(found.start(1))
    # Whatever the variable is called: OUT_DIR is only the customary one.
    if source.names_variable(at, end):
        yield Match(at, at, end)
