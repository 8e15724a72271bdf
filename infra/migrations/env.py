"""Alembic's hook: runs the migrations of one schema on the connection that infra.migrate hands over."""

from alembic import context
from geoalchemy2 import alembic_helpers

from infra.migrate import belongs, metadata_of

config = context.config
schema = config.attributes["schema"]

context.configure(
    connection=config.attributes["connection"],
    target_metadata=metadata_of(schema),
    version_table="migrations",
    version_table_schema=schema,
    include_schemas=True,
    include_name=belongs(schema),
    include_object=alembic_helpers.include_object,
    process_revision_directives=alembic_helpers.writer,
    render_item=alembic_helpers.render_item,
    compare_server_default=True,
)
with context.begin_transaction():
    context.run_migrations()
