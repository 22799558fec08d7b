"""Whom GitHub did not let be asked, so that they are not tried again at every look.

Revision ID: 0003
Revises: 0002
"""

import sqlalchemy as sa
from alembic import op

from bot.ledger.columns import Words

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Add the column; of the assignments so far nobody knows."""
    op.add_column("assignments", sa.Column("refused", Words(), nullable=True))


def downgrade() -> None:
    """Forget who was refused: an older version tries them at every look."""
    op.drop_column("assignments", "refused")
