"""A private PostgreSQL cluster: made once in the data directory, reached by a socket that only its owner can open."""

import os
import pwd
import shutil
import signal
import stat
import subprocess
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from infra.children import spawn, wait_until
from infra.disk import full_disk
from infra.packages import find_postgres, program_environment
from infra.place import Place
from infra.steps import Refusal

OWNER = "muster"
APP_ROLE = "muster_app"
DATABASE = "muster"
_SYSTEM_DATA = Path("/var/lib/muster")
_READY_S = 60.0
_PREDECESSOR_S = 15.0

SETTINGS = {
    "listen_addresses": "",  # no port at all: nothing to collide with, nothing for another user to knock on
    "unix_socket_permissions": "0700",
    "max_connections": "200",
    "shared_buffers": "256MB",
    "synchronous_commit": "on",
    "jit": "off",
    # After a crash PostgreSQL flushes every file one by one, which takes seconds on a busy disk; this is one call.
    "recovery_init_sync_method": "syncfs",
    "timezone": "UTC",
    "log_timezone": "UTC",
    "log_min_messages": "warning",
    "log_error_verbosity": "terse",  # its details quote rows, and a row may name a caller
    "log_min_error_statement": "panic",
    "max_wal_size": "2GB",
}


def server_user() -> str | None:
    """The account that runs the server: our own, or `postgres` when we are root, because initdb refuses root."""
    if os.geteuid() != 0:
        return None
    try:
        return pwd.getpwnam("postgres").pw_name
    except KeyError as error:
        raise Refusal(
            "There is no account `postgres` to run the database as; PostgreSQL refuses to run as root."
        ) from error


def is_reachable(folder: Path) -> bool:
    """Whether any account may walk down to this folder."""
    return all(part.stat().st_mode & stat.S_IXOTH for part in [folder, *folder.parents])


@dataclass(frozen=True)
class Cluster:
    """One private cluster: its programs, its files and its socket."""

    programs: Path
    data: Path
    socket: Path
    log: Path
    user: str | None

    def url(self, database: str = DATABASE, role: str = APP_ROLE) -> str:
        """The SQLAlchemy address of a database in this cluster."""
        return f"postgresql+asyncpg://{role}@/{database}?host={self.socket}"

    def exists(self) -> bool:
        """Whether initdb has finished here."""
        return (self.data / "PG_VERSION").exists()

    def init(self) -> None:
        """Makes the cluster, whole or not at all: UTF-8, the same collation on every machine, checksums on."""
        scratch = self.data.with_name("postgres.new")
        shutil.rmtree(scratch, ignore_errors=True)
        _make_for(scratch, self.user)
        argv = [str(self.programs / "initdb"), "--pgdata", str(scratch), "--username", OWNER, "--auth", "trust"]
        argv += ["--encoding=UTF8", "--locale=C.UTF-8", "--data-checksums", "--no-instructions"]
        made = self._run(argv)
        if made.returncode != 0:
            raise Refusal(f"initdb failed.{full_disk(scratch)} Its words:\n{made.stderr}")
        scratch.rename(self.data)

    def start(self, settings: dict[str, str] | None = None) -> subprocess.Popen[bytes]:
        """Starts the server; it shuts down by itself when this process ends, however it ends."""
        wait_until(lambda: not self._predecessor_lives(), _PREDECESSOR_S)
        argv = [str(self.programs / "postgres"), "-D", str(self.data), "-k", str(self.socket)]
        for name, value in {**SETTINGS, **(settings or {})}.items():
            argv += ["-c", f"{name}={value}"]
        cwd = self.data if self.user is None else Path("/")
        env = {**os.environ, **program_environment(self.programs)}
        return spawn(argv, log=self.log, on_orphan=signal.SIGINT, user=self.user, cwd=cwd, env=env)

    def _predecessor_lives(self) -> bool:
        """Whether a server of a launcher that was killed is still shutting down on these files."""
        try:
            pid = int((self.data / "postmaster.pid").read_text().split("\n", 1)[0])
            return str(self.data).encode() in Path(f"/proc/{pid}/cmdline").read_bytes()
        except (OSError, ValueError):
            return False

    def is_ready(self, process: subprocess.Popen[bytes]) -> bool:
        """Whether this very server accepts connections, as its own pid file says."""
        try:
            lines = (self.data / "postmaster.pid").read_text().splitlines()
        except OSError:
            return False
        return len(lines) >= 8 and lines[0] == str(process.pid) and lines[7].strip() == "ready"

    def wait_ready(self, process: subprocess.Popen[bytes]) -> None:
        """Waits until the server accepts connections; refuses with the end of its log when it ended instead."""
        wait_until(lambda: process.poll() is not None or self.is_ready(process), _READY_S)
        if not self.is_ready(process):
            tail = "\n".join(self.log.read_text(errors="replace").splitlines()[-10:])
            raise Refusal(f"PostgreSQL did not start.{full_disk(self.data)} The end of {self.log}:\n{tail}")

    def sql(self, statement: str, database: str = "postgres") -> str:
        """Runs one statement as the owner with psql and gives its bare output."""
        argv = [str(self.programs / "psql"), "-h", str(self.socket), "-U", OWNER, "-d", database, "-XAtq"]
        done = self._run([*argv, "-v", "ON_ERROR_STOP=1", "-c", statement])
        if done.returncode != 0:
            raise Refusal(f"PostgreSQL refused a statement: {done.stderr.strip()}")
        return done.stdout.strip()

    def make_database(self, name: str = DATABASE, template: str | None = None) -> None:
        """Creates a database unless it is there; a small template is copied faster through the log."""
        if name in self.sql("SELECT datname FROM pg_database").split():
            return
        copied = f" TEMPLATE {template} STRATEGY WAL_LOG" if template else ""
        self.sql(f"CREATE DATABASE {name}{copied}")

    def _run(self, argv: Sequence[str]) -> subprocess.CompletedProcess[str]:
        account = {"user": self.user, "group": self.user, "extra_groups": []} if self.user else {}
        env = {"PATH": "/usr/bin:/bin", "LC_ALL": "C.UTF-8", **program_environment(self.programs)}
        return subprocess.run(  # type: ignore[call-overload,no-any-return]
            argv, capture_output=True, text=True, cwd="/", env=env, check=False, **account
        )


def data_of(place: Place) -> Path:
    """Where the cluster's files live: beside the rest, or in the system's data when the server cannot walk there."""
    if server_user() is not None and not is_reachable(place.data):
        return _SYSTEM_DATA / place.digest / "postgres"
    return place.data / "postgres"


def erase_cluster(place: Place) -> None:
    """Removes the cluster's files, wherever they live."""
    if place.data.exists() and data_of(place).exists():
        shutil.rmtree(data_of(place))


def cluster_at(place: Place) -> Cluster:
    """The cluster of a data directory, its folders made."""
    programs = find_postgres()
    if programs is None:
        raise Refusal("PostgreSQL with PostGIS is not installed.")
    user = server_user()
    socket = place.run / "pg"
    _make_for(data_of(place), user)
    _make_for(socket, user)
    return Cluster(programs, data_of(place), socket, place.logs / "postgres.log", user)


def _make_for(folder: Path, user: str | None) -> None:
    """A folder that only the server's account can open."""
    if folder.is_relative_to(_SYSTEM_DATA):
        for parent in (_SYSTEM_DATA, folder.parent):
            parent.mkdir(exist_ok=True)
            parent.chmod(0o755)  # whatever the umask, the server must be able to walk in
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    if user is not None:
        entry = pwd.getpwnam(user)
        os.chown(folder, entry.pw_uid, entry.pw_gid)
    folder.chmod(0o700)
