"""Where Muster is started: odd paths and locales, taken ports, servers of others."""

import contextlib
import hashlib
import socket
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from infra.place import Place
from tests.prove.bare.bases import BOOKWORM, WITH_PACKAGES
from tests.prove.bare.lab import RUNNING, START_S, Lab
from tests.prove.bare.machine import Machine

CLONE = "/home/alice/muster"
ODD = "/home/alice/应急 指挥 (集结) it's 100%"


def odd_path(lab: Lab) -> float:
    """A clone whose path has spaces, Chinese characters, a quote and a percent sign; no root."""
    return _plain(lab, ODD, {})


def no_utf8(lab: Lab) -> float:
    """LANG=C and LC_ALL=POSIX: no UTF-8 anywhere, in a path with Chinese characters."""
    return _plain(lab, ODD, {"LANG": "C", "LC_ALL": "POSIX"})


def _plain(lab: Lab, folder: str, env: dict[str, str]) -> float:
    with lab.bare(BOOKWORM) as made:
        clone = made.clone(folder, "alice")
        run = lab.started(made, "alice", clone, env=env)
        took_s = lab.first_dispatch_s(run)
        status = made.start("alice", ["./muster", "status"], cwd=clone, env=env, name="status")
        status.wait_end(60)
        assert "gateway" in status.said, status.said
        lab.stop(made, "alice", clone, run)
        return took_s


def ports_taken(lab: Lab) -> float:
    """Every port that this copy would ask for first is taken: it takes others; one asked for by number is refused."""
    preferred = Place(Path(CLONE) / ".data").first_port
    with lab.bare(WITH_PACKAGES) as made, _listening(range(preferred, preferred + 8)):
        clone = made.clone(CLONE, "alice")
        run = lab.started(made, "alice", clone)
        took_s = lab.first_dispatch_s(run)
        port = int(run.wait_for(RUNNING, START_S).rpartition(":")[2])
        assert port >= preferred + 8, f"the gateway took {port}, which was taken"
        lab.stop(made, "alice", clone, run)
        refused = lab.started(made, "alice", clone, "--port", str(preferred))
        assert refused.wait_end(START_S) == 1, refused.tail
        assert f"No free port from {preferred}" in refused.said, refused.tail
        return took_s


@contextmanager
def _listening(ports: range) -> Iterator[None]:
    """Takes these ports; one that somebody has already is taken as well."""
    with contextlib.ExitStack() as held:
        for port in ports:
            line = held.enter_context(socket.socket())
            line.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            with contextlib.suppress(OSError):
                line.bind(("127.0.0.1", port))
                line.listen()
        yield


def other_servers(lab: Lab) -> float:
    """A PostgreSQL and a Redis on their standard ports: same files, answers and processes before, during and after."""
    with lab.bare(WITH_PACKAGES) as made:
        made.run("root", "sh", "-ec", _START_OTHERS)
        _others(made)  # a first reading leaves marks in their files
        made.run("root", "sh", "-ec", f"{_AS_POSTGRES} psql -qc CHECKPOINT")
        before = _others(made)
        clone = made.clone("/srv/muster")
        run = lab.started(made, "root", clone)
        took_s = lab.first_dispatch_s(run)
        assert _others(made) == before, "the other servers were touched while Muster ran"
        made.run("root", "./muster", "stop", cwd=clone)
        run.wait_end(60)
        assert _others(made) == before, "the other servers were touched by the end"
        for careless in ("redis-cli set ours 1", f"{_AS_POSTGRES} psql -qc 'CREATE ROLE ours'"):
            kept = _others(made)
            made.run("root", "sh", "-ec", careless)
            assert _others(made) != kept, f"planted, and not seen: {careless}"
        return took_s


_AS_POSTGRES = "setpriv --reuid postgres --regid postgres --clear-groups"
_START_OTHERS = f"""
pg_lsclusters -h | grep -q main || pg_createcluster 15 main
echo 'autovacuum = off' >> /etc/postgresql/15/main/postgresql.conf
pg_ctlcluster 15 main start
redis-server --port 6379 --daemonize yes --dir /var/lib/redis --save '' > /dev/null
for n in 1 2 3 4 5 6 7 8 9 10; do redis-cli ping > /dev/null && break; sleep 0.3; done
redis-cli set theirs value-42 > /dev/null
{_AS_POSTGRES} psql -qc "CREATE TABLE theirs AS SELECT 42 AS value"
{_AS_POSTGRES} vacuumdb --all --freeze --quiet
{_AS_POSTGRES} psql -qc "CHECKPOINT"
"""
_ASK_OTHERS = f"""
{_AS_POSTGRES} psql -Atc "
  SELECT value FROM theirs; SELECT datname FROM pg_database ORDER BY 1; SELECT rolname FROM pg_roles ORDER BY 1;
  SELECT pg_postmaster_start_time(); SELECT count(*) FROM pg_class"
redis-cli get theirs; redis-cli dbsize; redis-cli info server | grep -E 'process_id|run_id'; redis-cli config get dir
"""


def _others(made: Machine) -> tuple[str, str]:
    """What the other servers answer, and a digest of their settings and of every database's files but statistics."""
    digest = hashlib.sha256()
    for top in ("etc/postgresql", "var/lib/postgresql/15/main/base", "var/lib/redis", "etc/redis"):
        for path in sorted((made.root / top).rglob("*")):
            if path.is_file() and not path.name.endswith(("_fsm", "_vm", ".init")):
                digest.update(str(path).encode() + path.read_bytes())
    return made.run("root", "sh", "-ec", _ASK_OTHERS), digest.hexdigest()
