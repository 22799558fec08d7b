"""What the mentor's comments are about, and what the ledger remembers of them."""

from __future__ import annotations

CHECKLIST, WELCOME, MENTOR, TEXTS = "checklist", "welcome", "mentor", "texts"
"""The topics of the comments. Under the first the ledger keeps what was told as open, under the second whom."""
ASKED = "checklist-asked"
"""Under this topic the ledger keeps that somebody asked for the checklist by a command."""
AT_HOME, EARLIER = "welcome-member", "welcome-earlier"
"""Under these topics the ledger keeps who turned out to belong here, or to have merged something before."""
SPOKEN = "."
"""A name in the ledger for the comment as a whole: that there was one, or an order for it."""
