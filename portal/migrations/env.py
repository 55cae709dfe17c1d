"""What Alembic runs for each step: on the connection it is handed, in its transaction."""

from alembic import context

from portal.models import Base

connection = context.config.attributes["connection"]
context.configure(connection=connection, target_metadata=Base.metadata, render_as_batch=True, transactional_ddl=True)
context.run_migrations()
