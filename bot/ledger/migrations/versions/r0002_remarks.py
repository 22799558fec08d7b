"""What people were told, so that nobody is told twice.

Revision ID: 0002
Revises: 0001
"""

import sqlalchemy as sa
from alembic import op

from bot.ledger.columns import Utc, Words

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Create the table."""
    big = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
    op.create_table(
        "remarks",
        sa.Column("repository", big, primary_key=True, autoincrement=False, nullable=False),
        sa.Column("number", big, primary_key=True, autoincrement=False, nullable=False),
        sa.Column("topic", Words(), primary_key=True, nullable=False),
        sa.Column("name", Words(), primary_key=True, nullable=False),
        sa.Column("at", Utc(), nullable=False),
    )
    op.create_index("remarks_by_name", "remarks", ["repository", "topic", "name"])


def downgrade() -> None:
    """Forget what people were told: an older version tells it again."""
    op.drop_table("remarks")
