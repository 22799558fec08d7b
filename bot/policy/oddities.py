"""What a policy file may say but probably does not mean."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import chain

from bot.model import Mode
from bot.policy.checks import Pools, Remark, Role, Setting, Unknown, counted, everybody, pools_of
from bot.policy.file import LabelsTable, MentoringTable, PolicyFile, RuleTable
from bot.policy.layers import Clashes
from bot.policy.model import Lockable, Policy, Strategy
from bot.policy.nearest import quoted
from bot.policy.toml_places import Path


def oddities(file: PolicyFile, setting: Setting) -> Iterator[Remark]:
    """Everything of the kind in a file without contradictions."""
    above = setting.above or Policy()
    if not file.rules and not above.rules and setting.role is not Role.ORGANISATION:
        yield Remark((), "there are no rules, so nobody is ever asked")
    yield from _odd_days(file, above)
    yield from _odd_locks(file, setting)
    for index, rule in enumerate(file.rules):
        yield from _odd_request(index, rule, setting.pools_with(file.pools))
        yield from _odd_pool_lists(index, rule)
        yield from _odd_authors(index, rule)
    yield from _odd_pools(file, setting)
    if file.mentoring is not None:
        yield from _odd_mentoring(file.mentoring, file.github.labels)


def overruled(policy: Policy, found: Clashes) -> Iterator[Remark]:
    """What of a repository's policy does not count as it is written, since its organisation locks it."""
    for key in sorted(found.values):
        path: Path = tuple(key.split("."))
        yield Remark(path, f"the organisation locks {quoted(key)}, so this does not count", at_key=True)
    for name, instead in found.pools.items():
        message = (
            f"the organisation locks a rule that needs its own pool of this name, so this one counts"
            f" as {quoted(instead)}"
        )
        yield Remark(("pools", name), message, at_key=True)
    for index, rule in enumerate(policy.rules):
        if rule.name in found.rules:
            message = (
                f"the organisation locks its own rule of this name, so this one counts besides it,"
                f" as {quoted(found.rules[rule.name])}"
            )
            yield Remark(("rules", index, "name"), message)


def _odd_days(file: PolicyFile, above: Policy) -> Iterator[Remark]:
    mode = file.mode if "mode" in file.model_fields_set else above.mode
    days: list[tuple[Path, bool]] = [(("enforce_from",), file.enforce_from is not None)]
    days += [
        (("rules", index, "enforce_from"), rule.enforce_from is not None)
        for index, rule in enumerate(file.rules)
    ]
    for path, is_said in days:
        if is_said and mode != Mode.ENFORCE:
            yield Remark(path, '`enforce_from` only counts with `mode = "enforce"`')
    for index, rule in enumerate(file.rules):
        first, day = file.enforce_from, rule.enforce_from
        if first is not None and day is not None and day <= first and mode == Mode.ENFORCE:
            message = f"the file's own `enforce_from` is no earlier: nothing is enforced before {first}"
            yield Remark(("rules", index, "enforce_from"), message)


def _odd_locks(file: PolicyFile, setting: Setting) -> Iterator[Remark]:
    rules = [index for index, rule in enumerate(file.rules) if rule.locked]
    if setting.role is Role.REPOSITORY:
        message = "`locked` only counts in the organisation's file"
        yield from (Remark(("rules", index, "locked"), message) for index in rules)
        if file.locked:
            yield Remark(("locked",), message)
        return
    for place, word in enumerate(file.locked):
        if word not in file.model_fields_set:
            yield Remark(
                ("locked", place), f"the file says nothing about {quoted(word)}, so nothing is locked"
            )
    if rules and file.mode == Mode.ENFORCE and Lockable.MODE not in file.locked:
        message = 'a repository can still say `mode = "off"`; lock `mode` too, as in `locked = ["mode"]`'
        yield Remark(("rules", rules[0], "locked"), message)


def _odd_request(index: int, rule: RuleTable, pools: Pools) -> Iterator[Remark]:
    count, most = rule.request.count, everybody(pools_of(rule), pools)
    approvals = rule.require.approvals * len(set(rule.require.all_of or [""]))
    whole_pool = rule.request.strategy == Strategy.ALL
    if rule.request.escalate_after is not None and (whole_pool or most == max(count or 0, approvals)):
        path = ("rules", index, "request", "escalate_after")
        yield Remark(path, "`escalate_after` has no effect, since everybody in the pool is asked at once")
    if count is None:
        return
    path = ("rules", index, "request", "count")
    if whole_pool:
        yield Remark(path, '`count` has no effect with `strategy = "all"`, which asks the whole pool')
    elif most is not None and count > most:
        yield Remark(path, f"`count` asks {counted(count, 'person')}, but only {most} can be asked")
    elif count > approvals:
        yield Remark(path, f"`count` asks {counted(count, 'person')} for {counted(approvals, 'approval')}")
    elif count < approvals:
        yield Remark(path, f"`count` asks {counted(count, 'person')}, though {approvals} have to approve")


def _odd_pool_lists(index: int, rule: RuleTable) -> Iterator[Remark]:
    for key, pools in (("any_of", rule.require.any_of), ("all_of", rule.require.all_of)):
        if pools is None:
            continue
        if len(set(pools)) == 1:
            message = f"`{key}` names one pool; `pool` says the same"
            yield Remark(("rules", index, "require", key), message)
        elif len(set(pools)) < len(pools):
            yield Remark(("rules", index, "require", key), f"`{key}` names a pool twice")


def _odd_authors(index: int, rule: RuleTable) -> Iterator[Remark]:
    authors = {name.lower() for name in rule.when.authors}
    for place, name in enumerate(rule.when.not_authors):
        if name.lower() in authors:
            message = f"{quoted(name)} is in `authors` too; `not_authors` wins"
            yield Remark(("rules", index, "when", "not_authors", place), message)


def _odd_pools(file: PolicyFile, setting: Setting) -> Iterator[Remark]:
    above = setting.above or Policy()
    known = setting.pools_with(file.pools)
    mentors = {file.mentoring.pool} if file.mentoring and file.mentoring.pool else set()
    if setting.above is not None:
        for pool in sorted(mentors - known.keys()):
            message = f"there is no pool {quoted(pool)}, so nobody mentors"
            yield Remark(("mentoring", "pool"), message, unknown=Unknown(pool, tuple(known), "pools"))
    if setting.role is Role.ORGANISATION or setting.above is None:
        # Repositories may use what an organisation's file only defines.
        return
    by_rules = (*(pools_of(rule) for rule in file.rules), *(rule.require.pools for rule in above.rules))
    used = {*mentors, above.mentoring.pool, *chain.from_iterable(by_rules)}
    for pool in file.pools:
        if pool not in used:
            yield Remark(("pools", pool), f"no rule names the pool {quoted(pool)}", at_key=True)


def _odd_mentoring(mentoring: MentoringTable, labels: LabelsTable) -> Iterator[Remark]:
    if mentoring.pool is None and "strategy" in mentoring.model_fields_set:
        yield Remark(
            ("mentoring", "strategy"), "`strategy` has no effect, since there is no `pool` of mentors"
        )
    path: Path = ("mentoring", "label")
    if not mentoring.label:
        return
    if not mentoring.checklists:
        if "label" in mentoring.model_fields_set:
            yield Remark(path, "`label` has no effect, since `checklists` names none")
    elif mentoring.label.casefold() in {labels.unsafe.casefold(), labels.needs_review.casefold()}:
        yield Remark(
            path, f"the App sets {quoted(mentoring.label)} by itself, so that asks for many checklists"
        )
