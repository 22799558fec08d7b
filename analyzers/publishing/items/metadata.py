"""What people read on the package's page, and by which they find it."""

from __future__ import annotations

import json
import posixpath
import re
from urllib.parse import urlsplit

from analyzers.manifest.manifest import Field
from analyzers.publishing import spdx
from analyzers.publishing.categories import SLUGS
from analyzers.publishing.crate import Crate
from analyzers.publishing.item import Item
from analyzers.publishing.model import Edit, Place, Result, Severity, asked, failed, listed, passed

MAX_DESCRIPTION = 1000
"""Bytes, though crates.io says characters (``MAX_DESCRIPTION_LENGTH`` in its ``publish.rs``)."""
MAX_WORDS = 5
"""Keywords, and categories."""
MAX_KEYWORD = 20
"""Bytes of a keyword, though crates.io says fewer."""
_KEYWORD = re.compile(r"[A-Za-z0-9][A-Za-z0-9_+-]*", re.ASCII)
_PLACEHOLDER = re.compile(
    r"\b(?:TODO|FIXME|lorem ipsum|a short description|my (?:package|crate))\b|<[^>]*>", re.IGNORECASE
)
_LICENCE_FILE = r"(?:[^/]*[-_.])?(?:licen[cs]e|copying|unlicense)(?:[-_.][^/]*)?|licen[cs]es/.*"
_README = r"readme(?:\.md|\.txt|\.rst|\.markdown)?"
# https://spdx.org/licenses/MIT
_MIT = """\
MIT License

Copyright (c) <year> <copyright holders>

Permission is hereby granted, free of charge, to any person obtaining a copy of this software and associated
documentation files (the "Software"), to deal in the Software without restriction, including without limitation the
rights to use, copy, modify, merge, publish, distribute, sublicense, and/or sell copies of the Software, and to permit
persons to whom the Software is furnished to do so, subject to the following conditions:

The above copyright notice and this permission notice shall be included in all copies or substantial portions of the
Software.

THE SOFTWARE IS PROVIDED "AS IS", WITHOUT WARRANTY OF ANY KIND, EXPRESS OR IMPLIED, INCLUDING BUT NOT LIMITED TO THE
WARRANTIES OF MERCHANTABILITY, FITNESS FOR A PARTICULAR PURPOSE AND NONINFRINGEMENT. IN NO EVENT SHALL THE AUTHORS OR
COPYRIGHT HOLDERS BE LIABLE FOR ANY CLAIM, DAMAGES OR OTHER LIABILITY, WHETHER IN AN ACTION OF CONTRACT, TORT OR
OTHERWISE, ARISING FROM, OUT OF OR IN CONNECTION WITH THE SOFTWARE OR THE USE OR OTHER DEALINGS IN THE SOFTWARE."""
_HOST = re.compile(
    r"https?://(?:www\.)?(?:github\.com|gitlab\.com|codeberg\.org|git\.sr\.ht)/[\w.~-]+/[\w.-]+/?", re.ASCII
)
_ADDRESS_KEYS = ("homepage", "documentation", "repository")


def _behind_name(crate: Crate, text: str) -> tuple[Edit, ...]:
    return (Edit(crate.manifest.path, "behind", crate.manifest.document.line("package", "name"), text),)


def _instead(crate: Crate, key: str, text: str) -> tuple[Edit, ...]:
    """The line of a key anew, if the key and its value stand on one line of the package's own manifest."""
    place = crate.here(key)
    document = crate.manifest.document
    if place.path != crate.manifest.path:
        return ()
    line = document.lines[place.line - 1] if place.line <= len(document.lines) else ""
    whole = re.fullmatch(rf"\s*{re.escape(key)}\s*=\s*(?:\[[^\[\]#]*\]|\"[^\"\\]*\")\s*", line)
    return (Edit(place.path, "replace", place.line, text),) if whole else ()


def _description(crate: Crate) -> Result:
    text = crate.manifest.text("description")
    if not text:
        line = 'description = "<what it does and for whom, in one sentence>"'
        if "description" in crate.manifest.package:
            return failed("missing", crate.here("description"), edits=_instead(crate, "description", line))
        return failed("missing", crate.here(), edits=_behind_name(crate, line))
    size = len(text.encode("utf-8", "surrogatepass"))
    if size > MAX_DESCRIPTION:
        return failed("too-long", crate.here("description"), size=size, limit=MAX_DESCRIPTION)
    if _PLACEHOLDER.search(text):
        return asked("placeholder", crate.here("description"), severity=Severity.ADVISE, text=text)
    return passed()


def _licence(crate: Crate) -> Result:
    expression = crate.manifest.text("license")
    if not expression:
        if crate.manifest.text("license-file"):
            return passed("file", crate.here("license-file"))
        return failed("missing", crate.here(), edits=_behind_name(crate, 'license = "MIT OR Apache-2.0"'))
    problem = spdx.trouble(expression)
    if problem is None:
        if "/" in expression:
            right = re.sub(r"\s*/\s*", " OR ", expression)
            edits = _instead(crate, "license", f'license = "{right}"')
            return asked(
                "slash",
                crate.here("license"),
                edits=edits,
                severity=Severity.ADVISE,
                expression=expression,
                right=right,
            )
        return passed("expression", expression=expression)
    right = expression.replace(problem.word, problem.right, 1) if problem.right else ""
    edits = _instead(crate, "license", f'license = "{right}"') if right else ()
    return failed(
        problem.problem,
        crate.here("license"),
        edits=edits,
        expression=expression,
        word=problem.word,
        right=right,
    )


def _licence_text(crate: Crate) -> Result:
    named = crate.manifest.text("license-file")
    if named:
        field = crate.manifest.package["license-file"]
        start = posixpath.dirname(field.path) if field.inherited else crate.tree.folder
        path = posixpath.normpath(posixpath.join(start, named))
        if path not in crate.tree.around.files:
            if _may_be_elsewhere(crate, path):
                return asked("named-apart", crate.here("license-file"), file=named)
            return failed("named", crate.here("license-file"), severity=Severity.REJECT, file=named)
        return passed("named", Place(path), file=named)
    packaged = [
        path
        for path, file in crate.tree.by_path.items()
        if file.packaged and re.fullmatch(_LICENCE_FILE, path, re.I)
    ]
    if packaged:
        return passed("there", Place(crate.tree.at(packaged[0])), files=listed(packaged))
    above = crate.find(_LICENCE_FILE)
    if above:
        return failed("outside", Place(above[0]), files=listed(above))
    return failed("missing", crate.here("license"), edits=_mit(crate))


def _may_be_elsewhere(crate: Crate, path: str) -> bool:
    """Whether a file may exist though it is not here: outside of what was read, or left out of an archive."""
    return path.startswith("..") or crate.manifest.is_packaged


def _mit(crate: Crate) -> tuple[Edit, ...]:
    """The text of the one licence that is short enough to be pasted, if the package is under it."""
    words = re.split(r"[\s()/]+", crate.manifest.text("license") or "MIT")
    return (Edit(crate.tree.at("LICENSE-MIT"), "create", 0, _MIT),) if "MIT" in words else ()


def _addresses(crate: Crate) -> Result:
    for key in _ADDRESS_KEYS:
        address = crate.manifest.text(key)
        if key in crate.manifest.package and not _is_address(address):
            edits: tuple[Edit, ...] = ()
            if re.match(r"[\w-]+(?:\.[\w-]+)+/", address):
                edits = _instead(crate, key, f'{key} = "https://{address}"')
            return failed("malformed", crate.here(key), edits=edits, key=key, address=address)
    return passed()


def _is_address(address: str) -> bool:
    """Whether crates.io takes an address: http or https, and the ``url`` crate parses it (``validate_url``)."""
    if not address.startswith(("http://", "https://")):
        return False
    try:
        parts = urlsplit(address)
        _ = parts.port
    except ValueError:
        return False
    host = parts.hostname or address.partition("://")[2].lstrip("/\\").partition("/")[0]
    return bool(host) and not re.search(r"[\s<>^|%\\]", host)


def _repository(crate: Crate) -> Result:
    manifest = crate.manifest
    if manifest.text("repository"):
        homepage = manifest.text("homepage")
        if homepage and homepage.rstrip("/") in {
            manifest.text("repository").rstrip("/"),
            manifest.text("documentation").rstrip("/"),
        }:
            return asked("same-homepage", crate.here("homepage"), homepage=homepage)
        return passed()
    if manifest.text("homepage") or manifest.text("documentation"):
        problem, severity = "no-repository", Severity.ADVISE
    else:
        problem, severity = "none", Severity.WARN
    home = manifest.text("homepage")
    address = home if _HOST.fullmatch(home) else "https://<host>/<owner>/<repository>"
    edits = _behind_name(crate, f"repository = {_quoted(address)}")
    return failed(problem, crate.here(), edits=edits, severity=severity)


def _keywords(crate: Crate) -> Result:
    field = crate.manifest.package.get("keywords")
    words = field.strings if field else ()
    place = crate.here("keywords")
    if len(words) > MAX_WORDS:
        edits = _instead(crate, "keywords", _list("keywords", words[:MAX_WORDS]))
        return failed("too-many", place, edits=edits, count=len(words), limit=MAX_WORDS)
    for word in words:
        if len(word.encode("utf-8", "surrogatepass")) > MAX_KEYWORD:
            return failed("too-long", place, word=word, limit=MAX_KEYWORD)
        if not _KEYWORD.fullmatch(word):
            right = re.sub(r"[^A-Za-z0-9_+-]+", "-", word).strip("-_+")[:MAX_KEYWORD].rstrip("-")
            fixed = tuple(
                dict.fromkeys(right if other == word else other for other in words if other != word or right)
            )
            edits = _instead(crate, "keywords", _list("keywords", fixed))
            return failed("characters", place, edits=edits, word=word)
    if not words:
        edits = _behind_name(crate, 'keywords = ["<word>", "<other-word>"]') if field is None else ()
        return failed("none", crate.here(), edits=edits, severity=Severity.ADVISE, limit=MAX_WORDS)
    return passed(words=listed(words))


def _categories(crate: Crate) -> Result:
    field = crate.manifest.package.get("categories")
    slugs = field.strings if field else ()
    place = crate.here("categories")
    if len(slugs) > MAX_WORDS:
        edits = _instead(crate, "categories", _list("categories", slugs[:MAX_WORDS]))
        return failed("too-many", place, edits=edits, count=len(slugs), limit=MAX_WORDS)
    unknown = [slug for slug in slugs if slug.lower() not in SLUGS]
    if unknown:
        nearest = _nearest(unknown[0])
        fixed = tuple(dict.fromkeys(nearest if slug == unknown[0] else slug for slug in slugs))
        edits = _instead(crate, "categories", _list("categories", fixed))
        return failed("unknown", place, edits=edits, slug=unknown[0], nearest=nearest)
    if not slugs:
        edits = _behind_name(crate, 'categories = ["<slug>"]') if field is None else ()
        return failed("none", crate.here(), edits=edits, severity=Severity.ADVISE, limit=MAX_WORDS)
    return passed(slugs=listed(slugs))


def _nearest(slug: str) -> str:
    from difflib import get_close_matches

    wanted = slug[:100].lower().replace("_", "-")
    by_end = {known.rpartition("::")[2]: known for known in sorted(SLUGS, reverse=True)}
    if wanted in by_end:
        return by_end[wanted]
    return (get_close_matches(wanted, sorted(SLUGS), 1, 0.0) or ["development-tools"])[0]


def _list(key: str, words: tuple[str, ...]) -> str:
    return f"{key} = [{', '.join(_quoted(word) for word in words)}]"


def _quoted(word: str) -> str:
    # JSON's escapes are TOML's too, but for the one control character that JSON lets stand.
    return json.dumps(word, ensure_ascii=False).replace("\x7f", "\\u007f")


def _readme(crate: Crate) -> Result:
    field = crate.manifest.package.get("readme")
    if field is not None and field.value is False:
        return asked("switched-off", crate.here("readme"))
    if field is not None and field.text:
        return _named_readme(crate, field)
    # Cargo finds these names by itself (`default_readme_from_package_root`).
    found = [path for path in ("README.md", "README.txt", "README") if path in crate.tree.by_path]
    if found:
        return _filled(crate, crate.tree.at(found[0]))
    others = crate.find(_README)
    if others:
        relative = posixpath.relpath(others[0], crate.tree.folder)
        edits = _behind_name(crate, f"readme = {_quoted(relative)}") if field is None else ()
        return failed("elsewhere", Place(others[0]), edits=edits, file=relative)
    name = crate.manifest.name
    text = f"# {name}\n\n<What {name} does, for whom, and the shortest example that shows it.>"
    return failed("missing", crate.here(), edits=(Edit(crate.tree.at("README.md"), "create", 0, text),))


def _named_readme(crate: Crate, field: Field) -> Result:
    start = posixpath.dirname(field.path) if field.inherited else crate.tree.folder
    path = posixpath.normpath(posixpath.join(start, field.text))
    if path in crate.tree.around.files:
        return _filled(crate, path)
    if _may_be_elsewhere(crate, path):
        return asked("named-apart", crate.here("readme"), file=field.text)
    return failed("named", crate.here("readme"), severity=Severity.REJECT, file=field.text)


def _filled(crate: Crate, path: str) -> Result:
    blob = crate.tree.around.files[path]
    if 0 <= blob.size < 20:
        return failed("empty", Place(path), file=path)
    return passed("there", Place(path), file=path)


_MANIFEST = "https://doc.rust-lang.org/cargo/reference/manifest.html"
ITEMS = (
    Item("description", Severity.REJECT, f"{_MANIFEST}#the-description-field", _description),
    Item("license", Severity.REJECT, f"{_MANIFEST}#the-license-and-license-file-fields", _licence),
    Item("license-text", Severity.WARN, f"{_MANIFEST}#the-license-and-license-file-fields", _licence_text),
    Item("readme", Severity.ADVISE, f"{_MANIFEST}#the-readme-field", _readme),
    Item("addresses", Severity.REJECT, f"{_MANIFEST}#the-repository-field", _addresses),
    Item(
        "repository",
        Severity.WARN,
        "https://rust-lang.github.io/api-guidelines/documentation.html#c-metadata",
        _repository,
    ),
    Item("keywords", Severity.REJECT, f"{_MANIFEST}#the-keywords-field", _keywords),
    Item("categories", Severity.REJECT, "https://crates.io/category_slugs", _categories),
)
