"""Alembic's way in: runs on the connection that fx hands over, inside fx's own transaction."""

from alembic import context

from fx.schema import metadata

context.configure(connection=context.config.attributes["connection"], target_metadata=metadata)
context.run_migrations()
