"""The entry of the checklist: a package in, every item's verdict out."""

from __future__ import annotations

from analyzers.publishing.crate import Crate
from analyzers.publishing.items import items
from analyzers.publishing.model import Checked, Checklist, Place, Severity, Verdict, failed
from analyzers.publishing.tree import BrokenManifest, CrateTree

_PRIVATE = frozenset(("manifest", "publishable"))


def checklist(tree: CrateTree | BrokenManifest) -> Checklist:
    """Check one package; the same tree gives the same checklist.

    A package that may not be published at all is only told so; one that is meant for another registry is not told
    what crates.io alone would reject. An archive has been uploaded already, under the rules and limits of its day:
    what would be rejected now is a warning there.
    """
    registry = items()
    if isinstance(tree, BrokenManifest):
        item = registry["manifest"]
        result = failed("unreadable", Place(tree.path, tree.line), reason=tree.reason)
        folder = tree.path.rpartition("/")[0] or "."
        return Checklist("", folder, (Checked(item.id, item.severity, item.authority, result),))
    crate = Crate(tree)
    found = []
    for item in registry.values():
        if tree.manifest.registries == () and item.id not in _PRIVATE:
            continue
        told_of = item.check(crate)
        if told_of is None:
            continue
        severity = told_of.severity or item.severity
        if severity is Severity.REJECT and tree.manifest.is_packaged and told_of.verdict is not Verdict.PASS:
            severity = Severity.WARN
        told = severity is not Severity.REJECT or tree.manifest.for_crates_io or item.id in _PRIVATE
        if told or told_of.verdict is Verdict.PASS:
            found.append(Checked(item.id, severity, item.authority, told_of))
    return Checklist(tree.manifest.name, tree.folder, tuple(found))
