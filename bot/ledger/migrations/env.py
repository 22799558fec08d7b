"""Run by Alembic for every migration, on the connection that ``bot.ledger.migrate`` has locked."""

from alembic import context

from bot.ledger.migrate import VERSION_TABLE
from bot.ledger.tables import Base

context.configure(
    connection=context.config.attributes["connection"],
    target_metadata=Base.metadata,
    version_table=VERSION_TABLE,
    transactional_ddl=True,
)
context.run_migrations()
