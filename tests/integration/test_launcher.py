"""The launcher: what dies comes back, what is stopped is gone, and nobody else's processes are touched."""

import json
import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from infra.children import is_alive, wait_until
from infra.place import Place
from tests.launched import Copy, children_of, open_folder

HERE = Path(__file__).parent
DYING = """
import pathlib, socket, sys, time
pathlib.Path("/proc/self/comm").write_text("gateway")
held = socket.create_server(("127.0.0.1", int(sys.argv[1])))
print(flush=True)
time.sleep(1)
"""


def tiny(data: Path, *arguments: str) -> Copy:
    """A copy with a tiny table of processes, on the real launcher."""
    return Copy(data, [sys.executable, str(HERE / "tiny_launch.py"), str(data), *arguments], {"PYTHONPATH": str(HERE)})


@pytest.fixture(scope="module")
def seasoned() -> Iterator[Path]:
    """A data directory that was started once: its cluster is made and its schema up to date."""
    with open_folder() as made:
        tiny(made / "data").wait_up().finish()
        yield made / "data"


@pytest.fixture(scope="module")
def copy(seasoned: Path) -> Iterator[Copy]:
    with open_folder() as made:
        subprocess.run(["cp", "-a", str(seasoned), str(made / "data")], check=True)
        running = tiny(made / "data").wait_up()
        yield running
        running.finish()


@pytest.fixture
def folder(seasoned: Path) -> Iterator[Path]:
    """A folder whose `data` needs no first start."""
    with open_folder() as made:
        subprocess.run(["cp", "-a", str(seasoned), str(made / "data")], check=True)
        yield made


@pytest.mark.parametrize("name", ["gateway", "dispatch", "worker-live"])
def test_a_killed_service_is_back(copy: Copy, name: str) -> None:
    copy.kill(name)
    assert f"{name} is back after" in copy.log.read_text()


def test_no_caller_is_refused_while_a_service_restarts(copy: Copy) -> None:
    before = copy.ask("dispatch")
    os.kill(before, signal.SIGKILL)
    assert wait_until(lambda: not is_alive(before), 5)
    assert copy.ask("dispatch") != before


@pytest.mark.parametrize("name", ["postgres", "redis", "zygote"])
def test_a_killed_server_is_back(copy: Copy, name: str) -> None:
    copy.kill(name)


def test_services_run_on_when_the_zygote_dies(copy: Copy) -> None:
    before = copy.ask("dispatch")
    copy.kill("zygote")
    assert copy.ask("dispatch") == before


def test_nothing_is_left_unburied(copy: Copy) -> None:
    """Servers that a killed PostgreSQL leaves are adopted by the launcher, and must not stay as zombies."""
    copy.kill("postgres")
    launcher = copy.process.pid

    def zombies() -> list[int]:
        return [pid for pid in children_of(launcher) if not is_alive(pid)]

    assert wait_until(lambda: not zombies(), 10), zombies()


def test_sighup_restarts_only_what_reads_the_road_map(copy: Copy) -> None:
    gateway, dispatch = copy.pid("gateway"), copy.pid("dispatch")
    copy.process.send_signal(signal.SIGHUP)
    assert wait_until(lambda: copy.pid("dispatch") not in {0, dispatch} and copy.is_up(), 15)
    assert copy.pid("gateway") == gateway


def test_a_second_launcher_on_the_same_data_is_refused(copy: Copy) -> None:
    second = tiny(copy.place.data)
    assert second.process.wait(90) != 0
    assert copy.is_up()


def test_a_second_copy_runs_beside_the_first_and_leaves_it_alone(copy: Copy, folder: Path) -> None:
    before = copy.pids()
    other = tiny(folder / "data")
    try:
        other.wait_up()
        assert set(other.pids()).isdisjoint(before)
    finally:
        other.finish()
    assert copy.pids() == before
    assert copy.is_up()


def ports_of(pid: int) -> set[str]:
    """The inodes of the TCP ports that a process listens on."""
    tables = [Path(f"/proc/net/{name}").read_text().splitlines()[1:] for name in ("tcp", "tcp6")]
    listening = {row.split()[9] for table in tables for row in table if row.split()[3] == "0A"}
    held = [os.readlink(fd) for fd in Path(f"/proc/{pid}/fd").iterdir() if fd.is_symlink()]
    return {name[8:-1] for name in held if name.startswith("socket:[")} & listening


def test_its_databases_open_no_port_that_anothers_could_need(copy: Copy) -> None:
    assert ports_of(copy.pid("gateway")), "an open port is seen"
    assert ports_of(copy.pid("postgres")) == set()
    assert ports_of(copy.pid("redis")) == set()


def test_ports_that_are_taken_are_stepped_over(folder: Path) -> None:
    place = Place(folder / "data")
    with socket.create_server(("127.0.0.1", place.first_port)) as foreign:
        made = tiny(place.data)
        try:
            made.wait_up()
            assert made.state()["processes"]["gateway"]["port"] != foreign.getsockname()[1]
        finally:
            made.finish()


def test_a_wanted_port_that_is_taken_is_refused_with_a_sentence(folder: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as foreign:
        port = foreign.getsockname()[1]
        made = tiny(folder / "data", str(port))
        assert made.process.wait(90) != 0
    assert f"No free port from {port}" in made.log.read_text()


def test_the_launcher_killed_leaves_no_orphan(folder: Path) -> None:
    made = tiny(folder / "data").wait_up()
    pids = [*made.pids(), *children_of(made.pid("postgres"))]
    made.process.kill()
    made.process.wait()
    assert wait_until(lambda: not any(map(is_alive, pids)), 10), [pid for pid in pids if is_alive(pid)]


def test_the_launcher_killed_can_be_started_again_at_once(folder: Path) -> None:
    data = folder / "data"
    made = tiny(data).wait_up()
    url = made.state()["url"]
    made.process.kill()
    made.process.wait()
    again = tiny(data).wait_up()
    assert again.state()["url"] == url
    again.finish()


def test_the_address_stays_while_a_killed_launchers_service_is_still_dying(folder: Path) -> None:
    """The dying service here takes a second; a launcher that does not wait moves to another port, and is caught."""
    place = Place(folder / "data")
    place.make()
    with subprocess.Popen([sys.executable, "-c", DYING, str(place.first_port)], stdout=subprocess.PIPE) as dying:
        assert dying.stdout
        dying.stdout.readline()
        left = {"pid": dying.pid, "port": place.first_port, "ready": False}
        place.state.write_text(json.dumps({"processes": {"gateway": left}}))
        made = tiny(folder / "data").wait_up()
    assert made.state()["processes"]["gateway"]["port"] == place.first_port
    made.finish()


def test_ctrl_c_stops_everything_even_a_stuck_service(folder: Path) -> None:
    made = tiny(folder / "data").wait_up()
    pids = made.pids()
    stuck = subprocess.Popen(
        [sys.executable, "-c", f"import urllib.request as u; u.urlopen('{made.state()['url']}/hang', timeout=20)"],
        stderr=subprocess.DEVNULL,
    )
    time.sleep(0.5)
    began = time.monotonic()
    made.process.send_signal(signal.SIGINT)
    made.process.wait(20)
    took_s = time.monotonic() - began
    print(f"Ctrl-C to the last process gone: {took_s:.2f} s")
    stuck.wait()
    assert not any(map(is_alive, pids))
    assert took_s < 8  # the promise is 5 s on a quiet machine; this machine may be busy
    assert not made.place.state.exists()


def test_the_state_names_every_process(copy: Copy) -> None:
    state = json.loads(copy.place.state.read_text())
    assert set(state["processes"]) == {"postgres", "redis", "zygote", "gateway", "dispatch", "worker-live"}
