"""The schema: models and migrations agree, a newer database is refused, and logs can only be added to."""

import shutil
from pathlib import Path

import pytest
from alembic.script import ScriptDirectory
from sqlalchemy import Connection, text
from sqlalchemy.exc import ProgrammingError

from infra import migrate
from infra.steps import Refusal


def _sql(connection: Connection, statement: str) -> list[tuple[object, ...]]:
    found = connection.execute(text(statement))
    return [tuple(row) for row in found] if found.returns_rows else []


async def test_models_and_migrations_agree(owner_url: str) -> None:
    await migrate.on(owner_url, migrate.check)


async def test_a_table_that_no_model_knows_is_told(owner_url: str) -> None:
    def planted(connection: Connection) -> None:
        _sql(connection, "CREATE TABLE plans.forgotten (id int primary key)")
        with pytest.raises(Refusal, match="plans disagree"):
            migrate.check(connection)
        _sql(connection, "DROP TABLE plans.forgotten")

    await migrate.on(owner_url, planted)


async def test_upgrading_twice_changes_nothing(owner_url: str) -> None:
    def epoch(connection: Connection) -> object:
        return _sql(connection, "SELECT epoch, made_at FROM kernel.installation")

    seen: list[object] = []
    await migrate.on(owner_url, lambda connection: seen.append(epoch(connection)))
    await migrate.on(owner_url, migrate.upgrade)
    await migrate.on(owner_url, lambda connection: seen.append(epoch(connection)))
    assert seen[0] == seen[1]


async def test_a_newer_database_is_refused_with_a_sentence(owner_url: str) -> None:
    def planted(connection: Connection) -> None:
        _sql(connection, "UPDATE kernel.migrations SET version_num = 'kernel_9999'")
        with pytest.raises(Refusal, match="newer Muster"):
            migrate.upgrade(connection)
        _sql(connection, "UPDATE kernel.migrations SET version_num = 'kernel_0001'")

    await migrate.on(owner_url, planted)


@pytest.mark.parametrize("deed", ["UPDATE kernel.installation SET epoch = 'x'", "DELETE FROM kernel.installation"])
async def test_services_cannot_change_the_epoch(database_url: str, deed: str) -> None:
    with pytest.raises(ProgrammingError, match="permission denied"):
        await migrate.on(database_url, lambda connection: _sql(connection, deed))


async def test_services_only_add_to_their_logs(owner_url: str) -> None:
    """Whatever is append-only by its model, the database refuses to let a service change."""
    rights = "SELECT has_table_privilege('muster_app', '{}.{}', 'UPDATE, DELETE, TRUNCATE')"
    for schema in migrate.SCHEMAS:
        for table in migrate.append_only(schema):
            asked = rights.format(schema, table)
            seen: list[tuple[object, ...]] = []
            await migrate.on(owner_url, lambda connection, asked=asked, seen=seen: seen.extend(_sql(connection, asked)))
            assert seen == [(False,)], f"{schema}.{table}"


def test_a_folder_may_have_any_name(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    moved = tmp_path / "应急 100%: it's"
    shutil.copytree(migrate._SCRIPTS, moved)
    monkeypatch.setattr(migrate, "_SCRIPTS", moved)
    heads = [ScriptDirectory.from_config(migrate.config_of(schema)).get_current_head() for schema in migrate.SCHEMAS]
    assert all(heads)
