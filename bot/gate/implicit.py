"""Rules that every policy has: nothing unseen and no edit of the policy itself passes without anybody."""

from __future__ import annotations

from bot.policy.model import Policy, Request, Require, Rule, When

UNANALYSED_RULE = "(unanalysed)"
"""The rule about what could not be analysed and no rule in force asks about. People read a phrase for it."""

POLICY_RULE = "(policy)"
"""The rule about edits of the policy. People read a phrase for it."""


def implicit_rules(policy: Policy) -> tuple[Rule, Rule]:
    """The rules called ``UNANALYSED_RULE`` and ``POLICY_RULE``: one approval from a pool that a rule names.

    A pool that no rule names, such as one of mentors, has no say over rules; unless none names any, then every pool
    has. A policy that wants more for its own edits has a rule whose paths are the policy's files: an edit
    needs every rule that asks about it, and this one.
    """
    named = {pool for rule in policy.rules for pool in rule.require.pools}
    pools = tuple(pool.name for pool in policy.pools if pool.name in named or not named)
    return (
        Rule(UNANALYSED_RULE, When(), Require(pools), Request()),
        Rule(POLICY_RULE, When(), Require(pools), Request()),
    )
