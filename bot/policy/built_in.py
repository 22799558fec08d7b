"""The policy of a repository that has none: it tells, and never holds."""

from __future__ import annotations

from analyzers.model import ChangeClass, Group
from bot.model import Mode
from bot.policy.model import Policy, Request, Require, Rule, When

BUILT_IN = Policy(
    mode=Mode.ADVISE,
    rules=(
        Rule(
            name="built-in",
            when=When(
                kinds=(Group.UNSAFE, Group.MEMORY, Group.FFI, Group.LINT),
                changes=(ChangeClass.ADDED, ChangeClass.CHANGED, ChangeClass.RELAXED),
            ),
            require=Require(),
            request=Request(),
        ),
    ),
)
