"""Alembic's entry: migrations run on the connection that `storage.schema` hands over."""

from alembic import context

from storage.models import Base
from storage.schema import is_ours

context.configure(
    connection=context.config.attributes["connection"],
    target_metadata=Base.metadata,
    render_as_batch=True,
    include_name=is_ours,
    transaction_per_migration=False,
)
context.run_migrations()
