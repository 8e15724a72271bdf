"""What this machine needs to reach its package registries, carried into a bare one; the product knows none of it.

Certificates come as a file of their own, named by variables: the bare machine's own list of authorities stays empty.
"""

import os
import re
import shutil
from pathlib import Path

_CARRIED = re.compile(r"(UV|PIP|NPM_CONFIG)_.*(INDEX|REGISTRY|PROXY|TIMEOUT).*|(HTTPS?|NO|ALL)_PROXY", re.IGNORECASE)
_CERTIFICATES = Path("opt/machine-certificates.pem")
_NAMED_BY = ("SSL_CERT_FILE", "NODE_EXTRA_CA_CERTS")
_APT = Path("etc/apt/apt.conf.d")


def carried_environment() -> dict[str, str]:
    """Variables that name an index, a proxy or certificates."""
    env = {name: value for name, value in os.environ.items() if _CARRIED.fullmatch(name)}
    if _certificates() is not None:
        env |= dict.fromkeys(_NAMED_BY, f"/{_CERTIFICATES}")
    return env


def carry_into(root: Path) -> None:
    """Copies name resolution, apt's proxy and retry settings, uv's and npm's index settings, and certificates."""
    for name in ("etc/resolv.conf", "etc/hosts"):
        shutil.copy(Path("/") / name, root / name)
    for part in (Path("/") / _APT).iterdir():
        if re.search(r"^\s*Acquire::(\S*Proxy|Check|Retries|http)", part.read_text(errors="replace"), re.MULTILINE):
            shutil.copy(part, root / _APT / part.name)
    certificates = _certificates()
    if certificates is not None:
        shutil.copy(certificates, root / _CERTIFICATES)
        (root / _CERTIFICATES).chmod(0o644)


def carry_home(home: Path) -> None:
    """Copies the parts of this account's own settings that name an index."""
    mine = Path.home()
    uv = mine / ".config/uv/uv.toml"
    if uv.exists():
        (home / ".config/uv").mkdir(parents=True, exist_ok=True)
        shutil.copy(uv, home / ".config/uv/uv.toml")
    npm = mine / ".npmrc"
    lines = npm.read_text().splitlines() if npm.exists() else []
    (home / ".npmrc").write_text("".join(f"{line}\n" for line in lines if re.match(r"(registry|\S*proxy)\s*=", line)))


def _certificates() -> Path | None:
    """The bundle that this machine's own tools are told to trust, if they are."""
    named = next((os.environ[name] for name in _NAMED_BY if os.environ.get(name)), None)
    return Path(named) if named else None
