"""Which Rust the package needs: edition, oldest version, and no nightly."""

from __future__ import annotations

import re

from analyzers.publishing.crate import Crate
from analyzers.publishing.item import Item
from analyzers.publishing.model import Edit, Place, Result, Severity, asked, failed, listed, passed
from analyzers.publishing.workflows import last_cargo_step, steps_behind

# The first stable version of each (release notes; the Cargo book, "Manifest Format"; the Edition Guide).
EDITIONS = {"2015": (1, 0), "2018": (1, 31), "2021": (1, 56), "2024": (1, 85)}
# Repetitions are bounded: the text is hostile.
_IN_CODE: tuple[tuple[str, tuple[int, int], re.Pattern[bytes]], ...] = (
    ("let-else", (1, 65), re.compile(rb"\blet\s+[^;{}=]{1,200}=[^;{}]{1,300}?\belse\s*\{")),
    ("async fn in a trait", (1, 75), re.compile(rb"\btrait\s+\w+[^{};]{0,300}\{[^{}]{0,300}?\basync\s+fn\b")),
    ("C string literals", (1, 77), re.compile(rb"\bc\"\s*\"")),
    ("inline const", (1, 79), re.compile(rb"[=(,]\s*const\s*\{")),
    ("unsafe extern", (1, 82), re.compile(rb"\bunsafe\s+extern\s+\"\s*\"\s*\{")),
    ("raw references", (1, 82), re.compile(rb"&\s*raw\s+(?:const|mut)\b")),
)
_FORM = re.compile(r"[0-9]+(?:\.[0-9]+){0,2}")
_MSRV_WORDS = re.compile(
    r"\b(?:msrv|rust-version|minimum supported|cargo-hack|--rust-version)\b", re.IGNORECASE
)
_MOST_SCANNED = 2 << 20


def _edition(crate: Crate) -> Result:
    field = crate.manifest.package.get("edition")
    if field is None:
        line = crate.manifest.document.line("package", "name")
        edits = (Edit(crate.manifest.path, "behind", line, 'edition = "2021"'),)
        return failed("missing", crate.here(), edits=edits)
    if field.text not in EDITIONS:
        return failed("unknown", crate.here("edition"), severity=Severity.REJECT, edition=field.text or "?")
    return passed(edition=field.text)


def _rust_version(crate: Crate) -> Result:
    field = crate.manifest.package.get("rust-version")
    if field is None:
        oldest, reason, _ = needed(crate)
        shown = f"{oldest[0]}.{oldest[1]}"
        line = crate.manifest.document.line("package", "name")
        edits = (Edit(crate.manifest.path, "behind", line, f'rust-version = "{shown}"'),)
        return failed(
            "missing", crate.here(), edits=edits, severity=Severity.ADVISE, needed=shown, reason=reason
        )
    if not is_rust_version(field.text):
        return failed("form", crate.here("rust-version"), version=field.text)
    given = tuple(int(part) for part in (*field.text.split("."), "0")[:2])
    oldest, reason, place = needed(crate)
    if given < oldest:
        # The edition is Cargo's own check, which refuses to build; the rest is our reading of the code.
        of_edition = given < EDITIONS.get(crate.manifest.edition, (1, 0))
        told = failed if of_edition else asked
        return told(
            "edition" if of_edition else "features",
            crate.here("rust-version"),
            place,
            severity=Severity.REJECT if of_edition else Severity.WARN,
            version=field.text,
            needed=f"{oldest[0]}.{oldest[1]}",
            reason=crate.manifest.edition if of_edition else reason,
        )
    return passed(version=field.text)


def is_rust_version(text: str) -> bool:
    """Whether Cargo takes a text for ``rust-version``: up to three numbers."""
    return _FORM.fullmatch(text) is not None and len(text) <= 30


def needed(crate: Crate) -> tuple[tuple[int, int], str, Place]:
    """The newest version that anything asks for, what asks, and where.

    What publishing writes out (inheritance) or older Cargo only warns of (``[lints]``) asks for nothing.
    """
    manifest = crate.manifest
    found = [(EDITIONS.get(manifest.edition, (1, 0)), f"edition {manifest.edition}", crate.here("edition"))]
    for values in manifest.features.values():
        if any(value.startswith("dep:") or "?/" in value for value in values):
            line = manifest.document.line("features")
            found.append(((1, 60), "dep: in [features]", Place(manifest.path, line)))
            break
    read = 0
    for path in crate.sources:
        text = crate.facts(path).code
        read += len(text)
        if read > _MOST_SCANNED:
            break
        for name, version, pattern in _IN_CODE:
            match = pattern.search(text)
            if match is not None:
                line = text.count(b"\n", 0, match.start()) + 1
                found.append((version, name, Place(crate.tree.at(path), line)))
    return max(found, key=lambda entry: entry[0])


def _stable(crate: Crate) -> Result:
    gates = [
        (place, text)
        for place, text in crate.attributes("feature")
        if re.match(r"feature\s*\(", text) or re.search(r",\s*feature\s*\(", text)
    ]
    always = [(place, text) for place, text in gates if not text.startswith("cfg_attr")]
    if always:
        return failed(
            "nightly", *(place for place, _ in always), gates=listed([text for _, text in always], 3)
        )
    if gates:
        behind = [text for _, text in gates if "docsrs" not in text and "doc_cfg" not in text]
        if behind:
            return passed("behind-cfg", gates[0][0])
    channel = _channel(crate)
    if channel.startswith("nightly"):
        return asked("pinned-nightly", Place(crate.tree.at("rust-toolchain.toml")), channel=channel)
    return passed("stable")


def _channel(crate: Crate) -> str:
    for path in ("rust-toolchain.toml", "rust-toolchain"):
        data = crate.tree.content(crate.tree.at(path)) or crate.tree.content(path)
        found = re.search(rb"\b(nightly[\w-]*)", data or b"")
        if found:
            return found[1].decode()
    return ""


def _msrv_in_ci(crate: Crate) -> Result | None:
    if not crate.ci or not crate.manifest.text("rust-version"):
        return None
    version = crate.manifest.text("rust-version")
    short = ".".join(version.split(".")[:2])
    for text in crate.ci.values():
        named = re.search(rf"(?<![\d.]){re.escape(short)}(?:\.\d+)?(?![\d.])", text) or _MSRV_WORDS.search(
            text
        )
        if named is not None:
            return passed(version=version)
    found = last_cargo_step(crate.workflows)
    if found is None:
        return failed("missing", Place(next(iter(crate.ci))), version=version)
    workflow, step = found
    edits = steps_behind(crate.tree.content(workflow.path), workflow, step, msrv_step(short))
    return failed("missing", Place(workflow.path, step.line), edits=edits, version=version)


def msrv_step(version: str) -> str:
    """A step of a workflow that checks the package with a version of Rust, without indentation."""
    return f"- run: rustup toolchain install {version} --profile minimal && cargo +{version} check"


_MANIFEST = "https://doc.rust-lang.org/cargo/reference/manifest.html"
_VERSIONS = "https://doc.rust-lang.org/cargo/reference/rust-version.html"
ITEMS = (
    Item("edition", Severity.WARN, f"{_MANIFEST}#the-edition-field", _edition),
    Item("rust-version", Severity.REJECT, _VERSIONS, _rust_version),
    Item(
        "stable-toolchain",
        Severity.WARN,
        "https://doc.rust-lang.org/unstable-book/the-unstable-book.html",
        _stable,
    ),
    Item(
        "msrv-in-ci",
        Severity.ADVISE,
        "https://doc.rust-lang.org/cargo/guide/continuous-integration.html",
        _msrv_in_ci,
    ),
)
