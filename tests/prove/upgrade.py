"""Proves that upgrades at once leave one whole schema and a newer one is refused; without the lock they clash.

Processes of their own, as two starts on one database would be.
"""

import subprocess
import sys
from collections.abc import Sequence

from infra.place import ROOT
from infra.postgres import OWNER, Cluster
from infra.schema import SCHEMAS, schema_fingerprint
from infra.scratch import scratch_databases
from tests.rows import Options, Row

ROUNDS, AT_ONCE = 3, 3
_UPGRADE = "import sys; from infra import migrate; sys.argv = ['migrate', 'upgrade']; "
_WITHOUT_LOCK = "import contextlib; migrate._locked = lambda _: contextlib.nullcontext(); "
_RUN = "sys.exit(migrate.main())"


def upgrades(cluster: Cluster, database: str, code: str) -> list[subprocess.CompletedProcess[str]]:
    """Several upgrades of one empty database at the same time."""
    cluster.make_database(database)
    env = {"PATH": "/usr/bin:/bin", "MUSTER_OWNER_DATABASE_URL": cluster.url(database, OWNER)}
    argv = [sys.executable, "-c", code]
    started = [
        subprocess.Popen(argv, cwd=ROOT, env=env, text=True, stdout=subprocess.PIPE, stderr=subprocess.PIPE)
        for _ in range(AT_ONCE)
    ]
    return [subprocess.CompletedProcess(argv, each.wait(), *each.communicate()) for each in started]


def is_whole(cluster: Cluster, database: str) -> bool:
    """Whether every schema stands at its newest migration, once."""
    stands = [cluster.sql(f"SELECT count(*) FROM {schema}.migrations", database) for schema in SCHEMAS]
    told = cluster.sql("SELECT obj_description(to_regnamespace('kernel'), 'pg_namespace')", database)
    return stands == ["1"] * len(SCHEMAS) and told == schema_fingerprint()


def refused(cluster: Cluster, database: str) -> bool:
    """Whether a database that a newer Muster has written is refused with a sentence and not touched."""
    cluster.sql("UPDATE dispatch.migrations SET version_num = 'dispatch_9999'", database)
    env = {"PATH": "/usr/bin:/bin", "MUSTER_OWNER_DATABASE_URL": cluster.url(database, OWNER)}
    argv = [sys.executable, "-m", "infra.migrate", "upgrade"]
    done = subprocess.run(argv, cwd=ROOT, env=env, capture_output=True, text=True, check=False)
    kept = cluster.sql("SELECT version_num FROM dispatch.migrations", database) == "dispatch_9999"
    return (
        done.returncode == 1 and "written by a newer Muster" in done.stderr and "Traceback" not in done.stderr and kept
    )


def prove(options: Options) -> Sequence[Row]:
    """Rows: upgrades that failed or left something else than one whole schema, the twin's, and the refusal."""
    rounds = options.count(ROUNDS)
    with scratch_databases(redis=False) as scratch:
        cluster, failed, clashed = scratch.cluster, 0, 0
        for number in range(rounds):
            done = upgrades(cluster, f"locked_{number}", _UPGRADE + _RUN)
            failed += sum(each.returncode != 0 for each in done) + (not is_whole(cluster, f"locked_{number}"))
            twins = upgrades(cluster, f"unlocked_{number}", _UPGRADE + _WITHOUT_LOCK + _RUN)
            clashed += any(each.returncode != 0 for each in twins)
        newer = refused(cluster, "locked_0")
    what = f"{AT_ONCE} upgrades at once of {rounds} empty databases: failed, or schema not whole"
    return [
        Row("upgrade_at_once", what, failed, "", must=0, seed=options.seed),
        Row("upgrade_twin", "planted bug, no lock: rounds in which they clash", clashed, "", must=1, sense=">="),
        Row("upgrade_newer", "a newer schema is refused with a sentence", float(newer), "", must=1, sense=">="),
    ]
