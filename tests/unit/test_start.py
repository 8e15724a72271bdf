"""The pure parts of a start: what is chosen, derived and refused."""

import errno
import hashlib
import io
import zipfile
from pathlib import Path

import pytest

from infra import bootstrap, cli, disk, environment, packages, rootless
from infra.cli import parse
from infra.launcher import delay_s
from infra.node import version_of
from infra.place import Place
from infra.status import age, table
from infra.steps import Refusal
from infra.suite import LIMIT_S, opens_screens, verdict
from infra.topology import PROCESSES


def wheel(*names: str) -> bytes:
    body = io.BytesIO()
    with zipfile.ZipFile(body, "w") as made:
        for name in names:
            made.writestr(name, b"a program")
    return body.getvalue()


def test_the_pinned_uv_is_unpacked() -> None:
    body = wheel("uv-1.data/scripts/uv", "uv-1.data/scripts/uvx", "uv/__init__.py")
    assert bootstrap.unpack(body, hashlib.sha256(body).hexdigest()) == b"a program"


def test_another_uv_than_the_pinned_one_is_refused() -> None:
    body = wheel("uv-1.data/scripts/uv")
    with pytest.raises(bootstrap.Refusal, match="not the pinned one"):
        bootstrap.unpack(body + b" ", hashlib.sha256(body).hexdigest())


def test_a_wheel_without_uv_is_refused() -> None:
    body = wheel("uv/__init__.py")
    with pytest.raises(bootstrap.Refusal, match="no uv"):
        bootstrap.unpack(body, hashlib.sha256(body).hexdigest())


@pytest.mark.parametrize(("system", "machine"), [("Linux", "x86_64"), ("Linux", "amd64"), ("Linux", "arm64")])
def test_common_machines_have_a_pinned_uv(system: str, machine: str) -> None:
    assert bootstrap.wheel_for(system, machine).url.endswith(".whl")


def test_an_unknown_machine_is_told_what_to_do() -> None:
    with pytest.raises(bootstrap.Refusal, match="install uv"):
        bootstrap.wheel_for("Plan9", "mips")


def test_a_changed_uv_is_refused_whoever_serves_it_and_nothing_is_written(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(bootstrap, "download", lambda _url: wheel("uv-1.data/scripts/uv"))
    with pytest.raises(bootstrap.Refusal, match="not the pinned one"):
        bootstrap.install(tmp_path / "uv")
    assert list(tmp_path.iterdir()) == []


def test_without_index_and_pip_a_sentence_says_so(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(bootstrap, "download", lambda _url: (_ for _ in ()).throw(OSError("unreachable")))
    monkeypatch.setattr(bootstrap, "by_pip", lambda _wheel, _scratch: None)
    with pytest.raises(bootstrap.Refusal, match="Check the network"):
        bootstrap.install(tmp_path / "uv")


def test_what_dpkg_knows_of_our_programs_is_hidden_from_the_rootless_way() -> None:
    status = "Package: libc6\nStatus: ok\n\nPackage: postgresql-15\nStatus: ok\n\nPackage: zlib1g\nStatus: ok\n"
    assert "postgresql" not in rootless.without_ours(status)
    assert {"libc6", "zlib1g"} <= set(rootless.without_ours(status).split())


def test_control_files_get_the_names_that_postgresql_looks_for(tmp_path: Path) -> None:
    folder = tmp_path / "usr/share/postgresql/15/extension"
    folder.mkdir(parents=True)
    (folder / "postgis-3.control").write_text("default_version = '3.3.2'")
    rootless.name_controls(tmp_path)
    assert (folder / "postgis.control").read_text() == "default_version = '3.3.2'"


def test_programs_of_the_rootless_prefix_find_their_libraries_there(tmp_path: Path) -> None:
    for name in ("usr/lib/x86_64-linux-gnu/blas", "lib/x86_64-linux-gnu"):
        (tmp_path / name).mkdir(parents=True)
    folders = rootless.environment(tmp_path)["LD_LIBRARY_PATH"].split(":")
    wanted = ("usr/lib/x86_64-linux-gnu", "lib/x86_64-linux-gnu", "usr/lib/x86_64-linux-gnu/blas")
    assert folders == [str(tmp_path / name) for name in wanted]


def test_a_disk_that_is_too_small_is_refused_before_anything_is_made(tmp_path: Path) -> None:
    disk.require(tmp_path / "not" / "there", 0)
    with pytest.raises(Refusal, match="MB free; a first start needs"):
        disk.require(tmp_path / "not" / "there", 10**9)
    assert list(tmp_path.iterdir()) == []


def test_a_full_disk_is_one_sentence(capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> None:
    def full(_options: object) -> int:
        raise OSError(errno.ENOSPC, "No space left on device", "/srv/data")

    monkeypatch.setattr(cli, "_status", full)
    assert cli.main(["status"]) == 1
    assert "The disk of /srv/data is full" in capsys.readouterr().err


def test_a_place_derives_everything_from_its_path() -> None:
    one, two = Place(Path("/srv/one")), Place(Path("/srv/two"))
    assert one.digest == Place(Path("/srv/one")).digest
    assert one.run != two.run
    assert one.first_port != two.first_port
    assert 12_000 <= one.first_port < 30_000


def test_a_socket_path_fits_the_kernel_even_under_a_deep_directory() -> None:
    deep = Place(Path("/srv") / ("deep/" * 60))
    assert len(str(deep.run / "worker-background.sock")) < 107


def test_a_strange_directory_is_neither_used_nor_erased(tmp_path: Path) -> None:
    (tmp_path / "thesis.txt").write_text("years of work")
    with pytest.raises(Refusal, match="not Muster's"):
        Place(tmp_path).make()
    with pytest.raises(Refusal, match="mark"):
        Place(tmp_path).erase()
    assert (tmp_path / "thesis.txt").exists()


@pytest.mark.parametrize("given", ["postgres://u@h/d", "postgresql://u@h/d", "postgresql+asyncpg://u@h/d"])
def test_every_spelling_of_a_database_address_is_taken(given: str) -> None:
    assert environment.given_databases({"DATABASE_URL": given})[0] == "postgresql+asyncpg://u@h/d"


def test_our_own_variable_comes_before_the_common_one() -> None:
    env = {"DATABASE_URL": "postgres://common", "MUSTER_DATABASE_URL": "postgres://ours", "REDIS_URL": "redis://r"}
    assert environment.given_databases(env) == ("postgresql+asyncpg://ours", "redis://r")


def test_another_database_than_postgresql_is_refused() -> None:
    with pytest.raises(Refusal, match="postgresql://"):
        environment.given_databases({"DATABASE_URL": "mysql://u@h/d"})


def test_the_clock_keeps_its_anchor_and_refuses_another_rate(tmp_path: Path) -> None:
    place = Place(tmp_path)
    first = environment.clock(place, demo=True)
    assert environment.clock(place, demo=True) == first
    with pytest.raises(Refusal, match="demonstration"):
        environment.clock(place, demo=False)


def test_secrets_are_written_once_and_only_for_their_owner(tmp_path: Path) -> None:
    path = tmp_path / "secret"
    environment.write_private(path, b"first")
    environment.write_private(path, b"second")
    assert path.read_bytes() == b"first"
    assert path.stat().st_mode & 0o077 == 0


def test_the_newest_postgresql_is_taken_by_number() -> None:
    assert packages.newest(["9", "15", "common", "16"]) == "16"
    assert packages.newest(["common"]) is None


def test_a_restart_never_waits_over_a_second() -> None:
    assert delay_s(1) == 0
    assert all(delay_s(deaths) <= 1 for deaths in range(1, 100))


@pytest.mark.parametrize(("said", "version"), [("v20.19.1\n", (20, 19)), ("v18.0.0", (18, 0)), ("command not", (0, 0))])
def test_node_says_its_version(said: str, version: tuple[int, int]) -> None:
    assert version_of(said) == version


def test_status_shows_what_is_down() -> None:
    processes = {"gateway": {"pid": None, "port": 80, "since": 0, "restarts": 2, "ready": False}}
    assert table({"processes": processes}, {}, 100.0).splitlines()[1].split() == [
        "gateway",
        "-",
        "80",
        "-",
        "-",
        "2",
        "down",
    ]


@pytest.mark.parametrize(("seconds", "shown"), [(5, "5 s"), (90, "1.5 min"), (7200, "2.0 h"), (172800, "2.0 d")])
def test_ages_are_shown_in_the_largest_unit_that_fits(seconds: float, shown: str) -> None:
    assert age(seconds) == shown


def test_every_process_has_its_own_name_and_only_servers_listen() -> None:
    assert len({process.name for process in PROCESSES}) == len(PROCESSES)
    assert not any(process.listens and process.has_socket for process in PROCESSES)


@pytest.mark.parametrize("said", [[], ["-m", "slow"], ["tests/unit", "-q"], ["-q", "--", "tests/unit"]])
def test_all_that_follows_test_is_pytests(said: list[str]) -> None:
    assert parse(["test", *said]).pytest == said


@pytest.mark.parametrize("said", [[], ["-q"], ["tests/e2e/test_wall.py"], ["tests/unit", "tests/e2e"]])
def test_a_browser_is_brought_for_what_opens_screens(said: list[str]) -> None:
    assert opens_screens(said)
    assert not opens_screens(["tests/unit/test_start.py", "-q"])


def test_an_option_that_no_command_knows_is_refused() -> None:
    with pytest.raises(SystemExit):
        parse(["run", "-q"])


def test_a_suite_over_its_time_says_so_loudly() -> None:
    assert "TOO SLOW" not in verdict(LIMIT_S)
    assert "TOO SLOW" in verdict(LIMIT_S + 1)
