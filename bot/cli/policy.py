"""``cratewarden policy``: checks a policy file, explains what a policy does, and prints the schema."""

from __future__ import annotations

import json
import sys
from argparse import Namespace
from collections.abc import Iterator
from pathlib import Path

from bot.cli import NOTHING_TO_ASK, USAGE
from bot.cli.errors import UserError
from bot.cli.output import write
from bot.policy import POLICY_PATHS, Policy, PolicyError, PolicyProblem, choose_file, read_layers
from bot.render.escape import command_data, command_property, inert_lines, json_text, visible
from bot.render.prose import say

CHECK_SCHEMA = "cratewarden/policy-check/1"


def run_check(options: Namespace) -> int:
    """Tell every problem and note; the exit status says whether the policy can be used."""
    file, ignored = _file_to_check(options.file)
    try:
        policy = read_layers(file, _organisation(options), ignored)
    except PolicyError as error:
        return _checked(options, file[0], error.errors, None)
    return _checked(options, file[0], policy.notes, policy)


def run_schema(_options: Namespace) -> int:
    """Print the JSON Schema of policy files."""
    from bot.policy import schema

    sys.stdout.write(json.dumps(schema(), indent=2, sort_keys=True) + "\n")
    return NOTHING_TO_ASK


def run_explain(options: Namespace) -> int:
    """Tell which rule asks whom about which change, and why or why not; asking is no failure."""
    # What reads and analyses code is for this command only.
    from bot.cli.explanation import Source, as_json, as_text, chosen, explanations
    from bot.cli.review import WORKERS, base_revision, commits, library_of, read_policy_file
    from bot.git import Repository
    from bot.guard.study import read_policy_files, study
    from bot.isolation import Workers

    repository = Repository.open(options.path)
    base, head = commits(repository, options)
    file: tuple[str, bytes] | None
    if options.policy is not None:
        file, ignored = read_policy_file(options.policy), tuple[str, ...]()
        source = Source(file[0])
    else:
        # As a pull request is judged: by the tip of its base branch, not by where it left it.
        tip = repository.resolve(base_revision(repository, options))
        file, ignored = choose_file(read_policy_files(repository, tip))
        source = Source(file[0], tip) if file else Source()
    policy = read_layers(file, _organisation(options), ignored)
    library = library_of(options.advisories)
    with Workers(processes=WORKERS) as workers:
        studied = study(repository, base, head, workers, with_crates=True, library=library)
    told = explanations(policy, studied.analysis, studied.crates or {})
    if options.change is not None:
        told = chosen(told, options.change)
    shape = as_json if options.format == "json" else as_text
    write(options, shape(studied, policy, source, told, in_full=options.change is not None))
    return NOTHING_TO_ASK


def _organisation(options: Namespace) -> tuple[str, bytes] | None:
    from bot.cli.review import read_policy_file

    return None if options.organisation is None else read_policy_file(options.organisation)


def _file_to_check(named: str | None) -> tuple[tuple[str, bytes], tuple[str, ...]]:
    """The named file, or the one of the current folder, with those that are ignored for it.

    Raises:
        UserError: the file cannot be read, or there is none.
    """
    from bot.cli.review import read_policy_file

    if named is not None:
        return read_policy_file(named), ()
    there = [path for path in POLICY_PATHS if Path(path).is_file()]
    if not there:
        places = " nor ".join(POLICY_PATHS)
        raise UserError(f"there is neither {places} here: name the file")
    return read_policy_file(there[0]), tuple(there[1:])


def _checked(
    options: Namespace, file: str, problems: tuple[PolicyProblem, ...], policy: Policy | None
) -> int:
    """Write problems, or the notes of a policy that is one."""
    is_valid = policy is not None
    if options.format == "json":
        write(options, [_as_json(file, problems, is_valid)])
    else:
        shape = _command if options.format == "github" else _line
        lines = [*(shape(problem, is_valid) for problem in problems), _verdict(file, problems, policy)]
        write(options, [f"{line}\n" for line in lines])
    return NOTHING_TO_ASK if is_valid else USAGE


def _verdict(file: str, problems: tuple[PolicyProblem, ...], policy: Policy | None) -> str:
    if policy is None:
        wrong = ", ".join(dict.fromkeys(visible(problem.file) for problem in problems))
        return inert_lines(say("policy-check.invalid", file=wrong, count=len(problems)))
    sizes = {"rules": len(policy.rules), "pools": len(policy.pools)}
    return inert_lines(say("policy-check.valid", file=visible(file), mode=policy.mode.value, **sizes))


def _word(is_note: bool) -> str:
    return say("policy-check.note" if is_note else "policy-check.error")


def _line(problem: PolicyProblem, is_note: bool) -> str:
    place = f"{visible(problem.file)}:{problem.line}:{problem.column}"
    return inert_lines(f"{place}: {_word(is_note)}: {problem.message}")


def _command(problem: PolicyProblem, is_note: bool) -> str:
    """A workflow command of GitHub Actions, which is shown at the line."""
    place = {"file": visible(problem.file), "line": problem.line, "col": problem.column}
    given = ",".join(f"{key}={command_property(str(value))}" for key, value in place.items())
    kind = "notice" if is_note else "error"
    return f"::{kind} {given},title=cratewarden::{command_data(problem.message)}"


def _as_json(file: str, problems: tuple[PolicyProblem, ...], is_valid: bool) -> str:
    document = {
        "schema": CHECK_SCHEMA,
        "file": file,
        "valid": is_valid,
        "problems": list(_problems(problems, is_note=is_valid)),
    }
    return json_text(json.dumps(document, indent=2, ensure_ascii=False)) + "\n"


def _problems(problems: tuple[PolicyProblem, ...], *, is_note: bool) -> Iterator[dict[str, object]]:
    for problem in problems:
        yield {
            "severity": "note" if is_note else "error",
            "path": problem.file,
            "line": problem.line,
            "column": problem.column,
            "message": problem.message,
        }
