"""How a version gets from the repository to the registry."""

from __future__ import annotations

import re

from analyzers.publishing.crate import Crate
from analyzers.publishing.item import Item
from analyzers.publishing.model import Edit, Place, Result, Severity, asked, failed, passed
from analyzers.publishing.workflows import Line, Workflow, last_cargo_step, steps_behind

_PUBLISH = re.compile(
    r"^\s*(?:\S+=\S*\s+)*cargo\s+(?:\+\S+\s+)?(?:publish\b(?!.*--dry-run)|release\b.*(?:--execute|-x\b)|workspaces\s+publish\b)"
    r"|\brelease-plz\s+release\b",
    re.MULTILINE,
)
_PUBLISH_ACTION = re.compile(r"(?:katyo/publish-crates|release-plz/action)(?:@|$)")
_DRY_RUN = re.compile(r"\bcargo\s+(?:\+\S+\s+)?(?:publish\b.*--dry-run|package\b)")
_TRUSTED = re.compile(r"rust-lang/crates-io-auth-action(?:@|$)")
_TOKEN = re.compile(r"\bCARGO_REGISTRY_TOKEN\b|\bCRATES_IO_TOKEN\b|\bCRATES_TOKEN\b")
_RISKY = frozenset(("pull_request_target", "workflow_run"))
_YANK = re.compile(r"\byank(?:ed|ing|s)?\b", re.IGNORECASE)
_RELEASING = """\
# Releasing

A version with a soundness or security bug, or that does not build, is yanked as soon as a fixed one is out.
The changelog says why, and <where users hear of it>."""
_POLICY_FILES = (
    r"(?:readme|security|contributing|releasing|release|maintaining|support)(?:\.[a-z]+)?|docs/releas[^/]*"
)


def _publishing(crate: Crate) -> list[tuple[Workflow, Line]]:
    """The lines of workflows that upload a package."""
    found = []
    for workflow in crate.workflows:
        found += [(workflow, line) for line in workflow.commands() if _PUBLISH.search(line.text)]
        found += [(workflow, line) for line in workflow.actions() if _PUBLISH_ACTION.match(line.text)]
    return found


def _trusted(crate: Crate) -> Result | None:
    publishing = _publishing(crate)
    if not publishing:
        return None
    workflow, line = publishing[0]
    place = Place(workflow.path, line.line)
    permits = any(scalar.text == "write" for scalar in workflow.under("permissions", "id-token"))
    uses = any(_TRUSTED.match(action.text) for action in workflow.actions()) or any(
        _PUBLISH_ACTION.match(action.text) for action in workflow.actions()
    )
    if permits and uses:
        environment = any(True for _ in workflow.under("environment")) or any(
            True for _ in workflow.under("environment", "name")
        )
        if environment:
            return passed("", place, file=workflow.path)
        return asked("no-environment", place, file=workflow.path)
    if uses and not permits and any(_TRUSTED.match(action.text) for action in workflow.actions()):
        return failed("no-permission", place, file=workflow.path, severity=Severity.WARN)
    token = next(
        (
            scalar
            for scalar in workflow.lines
            if _TOKEN.search(scalar.text) or _TOKEN.search("/".join(scalar.keys))
        ),
        None,
    )
    places = (place, Place(workflow.path, token.line)) if token else (place,)
    return failed("token", *places, file=workflow.path)


def _trigger(crate: Crate) -> Result | None:
    publishing = _publishing(crate)
    if not publishing:
        return None
    for workflow, line in publishing:
        risky = sorted(workflow.events & _RISKY)
        if risky:
            return failed("risky", Place(workflow.path, line.line), event=risky[0], file=workflow.path)
        if "pull_request" in workflow.events and len(workflow.events) == 1:
            return failed(
                "pull-request", Place(workflow.path, line.line), event="pull_request", file=workflow.path
            )
    return passed(file=publishing[0][0].path)


def _tag(crate: Crate) -> Result | None:
    tags = crate.tree.around.tags
    if tags is None:
        return None
    name, version = crate.manifest.name, crate.manifest.version
    if not version:
        return None
    wanted = {version, f"v{version}"} | {
        f"{name}{mark}{version}" for mark in ("-", "-v", "@", "/", "/v", "_", "_v")
    }
    if wanted & set(tags):
        return passed("tagged", version=version)
    if not tags:
        return asked("none", crate.here("version"), command=f"git tag v{version}")
    command = f"git tag {_like(sorted(tags), name, version)}"
    return asked("not-yet", crate.here("version"), command=command, last=sorted(tags)[-1])


def _like(tags: list[str], name: str, version: str) -> str:
    """The tag of this version in the fashion of those there are."""
    for mark in (f"{name}-v", f"{name}-", f"{name}@", f"{name}/v", f"{name}/", "v"):
        if any(tag.startswith(mark) and tag[len(mark) : len(mark) + 1].isdigit() for tag in tags):
            return f"{mark}{version}"
    return version if any(tag[:1].isdigit() for tag in tags) else f"v{version}"


def _dry_run(crate: Crate) -> Result | None:
    if not crate.ci:
        return None
    for path, text in crate.ci.items():
        found = _DRY_RUN.search(text)
        if found is not None:
            return passed("", Place(path, text.count("\n", 0, found.start()) + 1))
    last = last_cargo_step(crate.workflows)
    if last is None:
        return failed("missing", Place(next(iter(crate.ci)), 1))
    workflow, step = last
    text = "- run: cargo publish --dry-run"
    edits = steps_behind(crate.tree.content(workflow.path), workflow, step, text)
    return failed("missing", Place(workflow.path, step.line), edits=edits)


def _yanking(crate: Crate) -> Result | None:
    if not crate.tree.around.in_git:
        return None
    for path in crate.find(_POLICY_FILES):
        text = (crate.tree.content(path) or b"").decode("utf-8", "replace")
        found = _YANK.search(text)
        if found is not None:
            return passed("", Place(path, text.count("\n", 0, found.start()) + 1), file=path)
    path = "RELEASING.md"
    edits = (Edit(path, "create", 0, _RELEASING),) if path not in crate.tree.around.files else ()
    return asked("unwritten", crate.here("version"), edits=edits)


def _provenance(crate: Crate) -> Result | None:
    publishing = _publishing(crate)
    if not publishing or not crate.binaries:
        return None
    signing = re.compile(
        r"actions/attest|sigstore|cosign|slsa-framework|minisign|\bgpg\b.*--(?:sign|detach-sign)"
    )
    for workflow in crate.workflows:
        for line in (*workflow.actions(), *workflow.commands()):
            if signing.search(line.text):
                return passed("", Place(workflow.path, line.line))
    workflow, line = publishing[0]
    return asked("unsigned", Place(workflow.path, line.line))


_CARGO = "https://doc.rust-lang.org/cargo/reference/publishing.html"
ITEMS = (
    Item("trusted-publishing", Severity.ADVISE, "https://crates.io/docs/trusted-publishing", _trusted),
    Item("publish-trigger", Severity.WARN, "https://crates.io/docs/trusted-publishing", _trigger),
    Item("dry-run", Severity.ADVISE, f"{_CARGO}#before-publishing-a-new-crate", _dry_run),
    Item(
        "release-tag",
        Severity.ADVISE,
        "https://rust-lang.github.io/api-guidelines/documentation.html#c-relnotes",
        _tag,
    ),
    Item("yanking", Severity.ADVISE, f"{_CARGO}#cargo-yank", _yanking),
    Item(
        "provenance",
        Severity.ADVISE,
        "https://docs.github.com/en/actions/security-for-github-actions/using-artifact-attestations",
        _provenance,
    ),
)
