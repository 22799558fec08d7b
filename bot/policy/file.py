"""The policy file as it is written: strict pydantic models, from which its JSON Schema is made too."""

from __future__ import annotations

import datetime
from typing import Annotated, Literal, Self

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, model_validator

from analyzers.buildtime.names import Capability
from analyzers.model import ChangeClass, Severity
from bot.model import Mode
from bot.policy.file_words import (
    Author,
    BranchPattern,
    BuildCrate,
    CrateName,
    Days,
    FindingId,
    GlobPattern,
    Label,
    Login,
    Name,
    OneOf,
    PoolName,
    Team,
    Version,
    WorkingHours,
    refuse,
)
from bot.policy.model import (
    ANY_CRATE,
    ASKED_UNLESS_SAID,
    MENTOR_STRATEGIES,
    Checklist,
    Greet,
    Labels,
    Lockable,
    Mentoring,
    Scope,
    Soundness,
    Strategy,
)
from bot.policy.names import KIND_NAMES
from bot.pull import Association

AssociationWord = Annotated[str, OneOf("association", tuple(Association))]
CapabilityWord = Annotated[str, OneOf("capability", tuple(Capability))]
ChangeWord = Annotated[str, OneOf("change", tuple(ChangeClass))]
ChecklistWord = Annotated[str, OneOf("checklist", tuple(Checklist))]
GreetWord = Annotated[str, OneOf("occasion", tuple(Greet))]
KindWord = Annotated[str, OneOf("kind or group", KIND_NAMES)]
MentorStrategyWord = Annotated[str, OneOf("strategy for one mentor", MENTOR_STRATEGIES)]
LockWord = Annotated[str, OneOf("part", tuple(Lockable))]
ModeWord = Annotated[str, OneOf("mode", tuple(Mode))]
ScopeWord = Annotated[str, OneOf("word", tuple(Scope))]
SeverityWord = Annotated[str, OneOf("severity", tuple(Severity))]
StrategyWord = Annotated[str, OneOf("strategy", tuple(Strategy))]


class _Table(BaseModel):
    model_config = ConfigDict(strict=True, extra="forbid", frozen=True)


class AwayTable(_Table):
    """A person who is not asked for a while."""

    model_config = ConfigDict(title="Away")

    user: Login = Field(description="Login of the person.")
    until: datetime.date = Field(description="First day the person is back, such as 2026-12-24.")


class PoolTable(_Table):
    """People who may approve."""

    model_config = ConfigDict(
        title="Pool", json_schema_extra={"anyOf": [{"required": ["users"]}, {"required": ["teams"]}]}
    )

    users: list[Login] = Field(default=[], min_length=1, description="GitHub logins.")
    teams: list[Team] = Field(
        default=[], min_length=1, description="Teams as organisation/team; nested teams are included."
    )
    away: list[AwayTable] = Field(default=[], description="Who is not asked, and until when.")
    capacity: int | None = Field(
        default=None,
        ge=1,
        le=1000,
        description="How many open requests one person may have before others are asked. Left out: no limit.",
    )

    @model_validator(mode="after")
    def _has_people(self) -> Self:
        if not (self.users or self.teams):
            raise refuse("nobody is in this pool; list `users` or `teams`")
        return self


class WhenTable(_Table):
    """Which changes a rule asks about: those that meet every condition."""

    model_config = ConfigDict(title="When")

    kinds: list[KindWord] | None = Field(
        default=None, min_length=1, description="Site kinds or groups of kinds. Left out: every kind."
    )
    changes: list[ChangeWord] = Field(
        default=[str(word) for word in ASKED_UNLESS_SAID], min_length=1, description="Classes of change."
    )
    paths: list[GlobPattern] = Field(
        default=["**"], min_length=1, description="Globs, as in .gitignore, of files to ask about."
    )
    not_paths: list[GlobPattern] = Field(default=[], description="Globs of files never to ask about.")
    in_tests: bool = Field(
        default=False, description="Whether sites in tests, benches, examples and #[cfg(test)] ask too."
    )
    crates: list[CrateName] = Field(
        default=[], min_length=1, description="Names of packages to ask about. Left out: all."
    )
    branches: list[BranchPattern] = Field(
        default=[], min_length=1, description="Globs of the base branch's name. Left out: every branch."
    )
    authors: list[Author] = Field(
        default=[],
        min_length=1,
        description="Logins and teams whose pull requests ask. Left out: everybody's.",
    )
    not_authors: list[Author] = Field(
        default=[], description="Logins and teams whose pull requests never ask."
    )
    associations: list[AssociationWord] = Field(
        default=[],
        min_length=1,
        description="How authors of pull requests that ask stand to the repository. Left out: in any way.",
    )


class RequireTable(_Table):
    """What satisfies a rule."""

    model_config = ConfigDict(
        title="Require",
        json_schema_extra={"oneOf": [{"required": [key]} for key in ("pool", "any_of", "all_of")]},
    )

    pool: PoolName | None = Field(default=None, description="The pool whose people may approve.")
    any_of: list[PoolName] | None = Field(
        default=None, min_length=1, description="Several pools; people of any of them may approve."
    )
    all_of: list[PoolName] | None = Field(
        default=None, min_length=1, description="Several pools; people of every one of them have to approve."
    )
    approvals: int = Field(
        default=1,
        ge=1,
        le=100,
        description="How many different people have to approve; with all_of, of each pool.",
    )
    expires: Days | None = Field(
        default=None, description="Approvals count for so many days, such as 90d. Left out: for good."
    )

    @model_validator(mode="after")
    def _names_pools_once(self) -> Self:
        if sum(pools is not None for pools in (self.pool, self.any_of, self.all_of)) != 1:
            raise refuse("say who may approve with one of `pool`, `any_of` and `all_of`")
        return self


class RequestTable(_Table):
    """Who is asked."""

    model_config = ConfigDict(title="Request")

    count: int | None = Field(
        default=None,
        ge=1,
        le=100,
        description="How many people to ask; if left out, as many as have to approve.",
    )
    strategy: StrategyWord = Field(
        default=str(Strategy.LEAST_LOADED), description="How they are picked from the pool."
    )
    escalate_after: WorkingHours | None = Field(
        default=None,
        description="Ask the next person too after so many working hours, such as 8h. Left out: never.",
    )


class RuleTable(_Table):
    """Which changes need whose approval."""

    model_config = ConfigDict(title="Rule")

    name: Name = Field(description="What people see; each rule needs its own.")
    when: WhenTable = Field(default_factory=WhenTable, description="Which changes it asks about.")
    require: RequireTable = Field(description="What satisfies the rule.")
    request: RequestTable = Field(default_factory=RequestTable, description="Who is asked.")
    enforce_from: datetime.date | None = Field(
        default=None, description='With mode = "enforce": this rule only advises before that day.'
    )
    locked: bool = Field(
        default=False, description="In an organisation's file: repositories cannot replace this rule."
    )


class MentoringTable(_Table):
    """Help for newcomers."""

    model_config = ConfigDict(title="Mentoring")

    pool: Name | None = Field(
        default=None, description="The pool of mentors. Left out: nobody is asked to mentor."
    )
    strategy: MentorStrategyWord = Field(
        default=str(Mentoring().strategy), description="How a mentor is picked from the pool."
    )
    checklists: list[ChecklistWord] = Field(
        default=[], description="Checklists that are kept on pull requests which publish something."
    )
    label: Label = Field(
        default=Mentoring().label, description="Asks for the checklist on any pull request; false for none."
    )
    greet: GreetWord = Field(default=str(Greet.FIRST_CONTRIBUTION), description="Whom to greet.")


class LabelsTable(_Table):
    """Labels on pull requests; false keeps none."""

    model_config = ConfigDict(title="Labels")

    unsafe: Label = Field(
        default=Labels().unsafe, description="Stands on pull requests with changes that a rule matches."
    )
    needs_review: Label = Field(
        default=Labels().needs_review, description="Stands while somebody still has to approve."
    )

    @model_validator(mode="after")
    def _are_different(self) -> Self:
        if self.unsafe and self.unsafe.casefold() == self.needs_review.casefold():
            raise refuse("`unsafe` and `needs_review` are the same label; name them apart")
        return self


def _no_labels(value: object) -> object:
    return LabelsTable.model_validate({"unsafe": False, "needs_review": False}) if value is False else value


class OnGitHubTable(_Table):
    """What the App does besides the check run, the comment and asking people."""

    model_config = ConfigDict(title="GitHub")

    labels: Annotated[
        LabelsTable, BeforeValidator(_no_labels, json_schema_input_type=LabelsTable | Literal[False])
    ] = Field(default_factory=LabelsTable, description="Labels on pull requests, or false for none.")
    dismiss_stale_approvals: bool = Field(
        default=False, description="Whether approvals that no longer cover everything are dismissed."
    )
    code_scanning: bool = Field(
        default=False, description="Whether results are uploaded to code scanning as SARIF."
    )


class BuildTable(_Table):
    """What build scripts and procedural macros may do; what is not allowed is a finding that blocks."""

    model_config = ConfigDict(title="Build")

    allow: dict[BuildCrate, list[CapabilityWord]] = Field(
        default={},
        description=f'Capabilities by the name of a crate, or "{ANY_CRATE}" for every crate.',
        json_schema_extra={"additionalProperties": False},
    )


class SoundnessTable(_Table):
    """Edits of safe code that unsafe sites rely on."""

    model_config = ConfigDict(title="Soundness")

    function: ScopeWord = Field(
        default=str(Soundness().function),
        description="The safe code of a function that holds an unsafe site.",
    )
    state: ScopeWord = Field(
        default=str(Soundness().state),
        description="Code that writes or constructs a field that a site reads, and safe helpers a site calls.",
    )
    declarations: ScopeWord = Field(
        default=str(Soundness().declarations),
        description="Fields, derives, bounds, aliases and constants that a site relies on.",
    )


class PolicyFile(_Table):
    """Who has to look at which changes before they are merged."""

    model_config = ConfigDict(title="Cratewarden policy")

    version: Version = Field(description="Always 1, the version of this format.")
    mode: ModeWord = Field(
        default=str(Mode.ADVISE), description="Tell (advise), hold the merge (enforce), or do nothing (off)."
    )
    enforce_from: datetime.date | None = Field(
        default=None, description='With mode = "enforce": only advise before that day, such as 2027-01-01.'
    )
    locked: list[LockWord] = Field(
        default=[], description="In an organisation's file: what repositories cannot say otherwise."
    )
    pools: dict[Name, PoolTable] = Field(default={}, description="People who may approve, by name.")
    rules: list[RuleTable] = Field(default=[], description="Which changes need whose approval.")
    findings: dict[FindingId, SeverityWord] = Field(
        default={}, description="Severity by the id of a finding; block holds the merge."
    )
    mentoring: MentoringTable | None = Field(default=None, description="Help for newcomers.")
    github: OnGitHubTable = Field(
        default_factory=OnGitHubTable, description="What the App does on GitHub besides asking people."
    )
    build: BuildTable | None = Field(
        default=None, description="What build-time code may do. Left out: nothing is held for it."
    )
    soundness: SoundnessTable = Field(
        default_factory=SoundnessTable, description="Edits of safe code that unsafe sites rely on."
    )
