"""What the database schema is made from, so that a start need not ask Alembic when nothing has changed."""

from infra.place import ROOT
from infra.postgres import Cluster
from infra.stamp import fingerprint

SCHEMAS = ("kernel", "gateway", "resources", "dispatch", "plans")
_ASKED = "SELECT obj_description(to_regnamespace('kernel'), 'pg_namespace')"


def schema_fingerprint() -> str:
    """One digest over the migrations, the models and what grants rights; an upgrade leaves it in the database."""
    models = [ROOT / schema / "tables.py" for schema in SCHEMAS[1:]]
    kernel = [ROOT / "kernel" / f"{name}.py" for name in ("database", "outbox", "audit", "idempotency")]
    own = [ROOT / "infra" / "migrations", ROOT / "infra" / "migrate.py"]
    return fingerprint([*models, *kernel, *own], ROOT)


def is_current(cluster: Cluster, database: str) -> bool:
    """Whether a database was brought up to date from these very sources."""
    return cluster.sql(_ASKED, database) == schema_fingerprint()
