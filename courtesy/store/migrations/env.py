"""How Alembic runs our migrations: on the connection that `migrate.upgrade` hands over."""

from alembic import context

from courtesy.store.tables import metadata

connection = context.config.attributes["connection"]
context.configure(
    connection=connection,
    target_metadata=metadata,
    render_as_batch=True,  # SQLite cannot change a column in place
    transaction_per_migration=context.config.attributes["step_by_step"],
    # SQLite can, since `database` begins its transactions itself; a step that breaks off is undone.
    transactional_ddl=True,
)
with context.begin_transaction():
    context.run_migrations()
