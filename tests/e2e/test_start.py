"""`./muster run` as a person meets it: everything up, links that work once, and what dies is back."""

import re
import subprocess

import pytest

from infra.place import ROOT
from infra.topology import PROCESSES
from tests.e2e.conftest import sign_in_links, status_of
from tests.launched import Copy


def test_every_process_of_the_table_runs(muster: Copy) -> None:
    running = set(muster.state()["processes"])
    assert running == {process.name for process in PROCESSES} | {"postgres", "redis", "zygote"}


def test_the_page_is_the_built_frontend(muster: Copy) -> None:
    assert status_of(f"{muster.state()['url']}/")[0] == 200


@pytest.mark.parametrize("screen", ["wall", "desk", "planner"])
def test_a_link_opens_its_screen_once(muster: Copy, screen: str) -> None:
    link = sign_in_links(muster)[screen]
    assert status_of(link) == (303, f"/{screen}")
    assert status_of(link)[0] in {401, 403}


def test_the_password_is_printed_once_and_kept_for_its_owner(muster: Copy) -> None:
    kept = muster.place.keys / "admin-password"
    assert muster.log.read_text().count(kept.read_text()) == 1
    assert kept.stat().st_mode & 0o077 == 0


@pytest.mark.parametrize("name", [process.name for process in PROCESSES])
def test_a_killed_process_is_back(muster: Copy, name: str) -> None:
    muster.kill(name)
    took = re.findall(rf"{name} is back after ([0-9.]+) s", muster.log.read_text())
    print(f"{name} was back after {took[-1]} s")  # the promise is 2 s on a quiet machine


def test_status_names_every_process(muster: Copy) -> None:
    asked = [str(ROOT / "muster"), "status", "--data", str(muster.place.data)]
    said = subprocess.run(asked, capture_output=True, text=True, check=True).stdout
    assert all(process.name in said for process in PROCESSES)
    assert muster.state()["url"] in said


def test_the_large_incident_can_happen_again(muster: Copy) -> None:
    asked = [str(ROOT / "muster"), "demo", "--data", str(muster.place.data)]
    assert subprocess.run(asked, capture_output=True, text=True, check=False).returncode == 0


def test_the_launcher_ends_with_a_sentence_where_nothing_runs(tmp_path: pytest.TempPathFactory) -> None:
    asked = [str(ROOT / "muster"), "status", "--data", f"{tmp_path}/none"]
    done = subprocess.run(asked, capture_output=True, text=True, check=False)
    assert done.returncode == 3
    assert "does not run" in done.stdout
