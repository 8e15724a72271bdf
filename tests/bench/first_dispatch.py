"""From a fresh clone to the first dispatched incident: packages of the system present, caches warm, an empty home.

The second figure is of a machine on which nothing is installed and nothing was ever downloaded.
"""

import os
import re
import shutil
import statistics
import subprocess
import tempfile
import time
from pathlib import Path

from infra.children import wait_until
from infra.place import ROOT
from infra.steps import say
from tests.first_dispatch import dispatch_first
from tests.launched import Copy, open_folder
from tests.prove.bare.accounts import root
from tests.prove.bare.lab import RUNNING, Lab
from tests.rows import Options, Row

START_S = 600.0
WARM = Path(tempfile.gettempdir()) / f"muster-warm-{os.getuid()}"
_NO_DEVELOPER = "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin"


def measure(options: Options) -> list[Row]:
    """`first_dispatch_s`, the median of a few starts; and once from nothing, where bare machines can be made."""
    clones = options.count(3)
    started_s = [once() for _ in range(clones + 1)][1:]  # the first one fills the caches
    what = f"fresh clone, system packages present, caches warm, to the first dispatched incident; median of {clones}"
    rows = [Row("first_dispatch_s", what, statistics.median(started_s), "s", must=60, aim=20)]
    if os.geteuid() == 0:
        rows.append(Row("first_dispatch_bare_s", f"nothing installed: {root.__doc__}", from_nothing(), "s"))
    return rows


def once() -> float:
    """Seconds of one start in a fresh clone, as a person types it; nothing of the developer's Python on PATH."""
    with open_folder() as folder:
        clone = folder / "clone"
        subprocess.run(["git", "clone", "--quiet", str(ROOT), str(clone)], check=True)
        argv = [str(clone / "muster"), "run"]
        began = time.monotonic()
        copy = Copy(clone / ".data", argv, fresh_environment(folder))
        try:
            wait_until(lambda: said(copy) is not None or copy.process.poll() is not None, START_S, step_s=0.1)
            url = said(copy)
            assert url is not None, copy.log.read_text()
            dispatch_first(url)
            return time.monotonic() - began
        finally:
            copy.finish()


def said(copy: Copy) -> str | None:
    """The address that a start has said, once it runs."""
    found = re.search(RUNNING, copy.log.read_text())
    return None if found is None else found[1]


def fresh_environment(folder: Path) -> dict[str, str]:
    """An empty home, the caches of earlier runs, and no tool of a developer."""
    home = folder / "home"
    home.mkdir()
    npm = Path.home() / ".npmrc"
    if npm.exists():
        shutil.copy(npm, home / ".npmrc")  # it may name an index
    caches = {"UV_CACHE_DIR": str(WARM / "uv"), "npm_config_cache": str(WARM / "npm")}
    return {"HOME": str(home), "PATH": _NO_DEVELOPER, **caches}


def from_nothing() -> float:
    """Seconds on a bare Debian, nothing cached."""
    say("making a bare machine")
    return root(Lab(Path(tempfile.mkdtemp(prefix="muster-bare-logs-")), cold=True, suite="none", seed=1))
