"""Who looked last, so that a process that slept does not speak after it.

Revision ID: 0004
Revises: 0003
"""

import sqlalchemy as sa
from alembic import op

from bot.ledger.columns import Words

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Create the table."""
    big = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
    op.create_table(
        "looks",
        sa.Column("repository", big, primary_key=True, autoincrement=False, nullable=False),
        sa.Column("number", big, primary_key=True, autoincrement=False, nullable=False),
        sa.Column("head_sha", Words(), primary_key=True, nullable=False),
        sa.Column("count", big, nullable=False),
    )


def downgrade() -> None:
    """Forget it: an older version does not ask."""
    op.drop_table("looks")
