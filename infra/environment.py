"""What a start hands to the services: secrets made once, the realm's clock, and the environment that names them."""

import contextlib
import json
import os
import secrets
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from infra.place import Place
from infra.steps import Refusal, say

DEMO_RATE = 6
_APP_SCHEME = "postgresql+asyncpg://"


@dataclass(frozen=True)
class Databases:
    """Where the two databases are: `app` for the services, `owner` for migrations."""

    app: str
    owner: str
    redis: str


def given_databases(env: Mapping[str, str]) -> tuple[str | None, str | None]:
    """The PostgreSQL and Redis addresses that the environment gives, the former in SQLAlchemy's spelling."""
    postgres = env.get("MUSTER_DATABASE_URL") or env.get("DATABASE_URL")
    redis = env.get("MUSTER_REDIS_URL") or env.get("REDIS_URL")
    return (async_url(postgres) if postgres else None), redis


def async_url(url: str) -> str:
    """A PostgreSQL address in the spelling that names the asynchronous driver."""
    for scheme in ("postgresql+asyncpg://", "postgresql://", "postgres://"):
        if url.startswith(scheme):
            return _APP_SCHEME + url.removeprefix(scheme)
    raise Refusal(f"The database address must begin with postgresql://, not {url.partition(':')[0]}:")


def write_private(path: Path, body: bytes) -> None:
    """Writes a file that only its owner can read, whole or not at all; an existing one is kept."""
    scratch = path.with_name(f"{path.name}.part")
    scratch.unlink(missing_ok=True)
    with os.fdopen(os.open(scratch, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as out:
        out.write(body)
    with contextlib.suppress(FileExistsError):
        os.link(scratch, path)  # unlike a rename, this never replaces what is there
    scratch.unlink()


def make_keys(place: Place) -> None:
    """Makes the gateway's key pair and the secrets of simulator, canary and figures, once per directory."""
    write_private(place.keys / "simulator-secret", secrets.token_urlsafe(32).encode())
    write_private(place.keys / "canary-secret", secrets.token_urlsafe(32).encode())
    write_private(place.keys / "metrics-token", secrets.token_urlsafe(32).encode())
    signing, verify = place.keys / "signing.pem", place.keys / "verify.pem"
    if signing.exists() and verify.exists():
        return
    from cryptography.hazmat.primitives import serialization as forms
    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

    key = Ed25519PrivateKey.generate()
    signing.unlink(missing_ok=True)
    verify.unlink(missing_ok=True)
    write_private(signing, key.private_bytes(forms.Encoding.PEM, forms.PrivateFormat.PKCS8, forms.NoEncryption()))
    public = key.public_key().public_bytes(forms.Encoding.PEM, forms.PublicFormat.SubjectPublicKeyInfo)
    write_private(verify, public)


def make_simulator_secret(place: Place) -> None:
    """The secret by which the simulated vehicle terminals sign in; new with each data directory, shown to nobody."""
    write_private(place.keys / "simulator-secret", secrets.token_urlsafe(24).encode())


def make_admin_password(place: Place) -> Path:
    """The file with the administrator's first password; when it is new, the password is printed, this once."""
    path = place.keys / "admin-password"
    if not path.exists():
        password = secrets.token_urlsafe(15)
        write_private(path, password.encode())
        say(f"the administrator's password, shown only this once:  admin  {password}")
    return path


def clock(place: Place, *, demo: bool) -> tuple[str, int]:
    """The realm clock's anchor (an ISO instant) and rate; the anchor is kept so that realm time never jumps."""
    path = place.data / "clock.json"
    rate = DEMO_RATE if demo else 1
    if not path.exists():
        scratch = path.with_suffix(".part")
        scratch.write_text(json.dumps({"anchor": datetime.now(UTC).isoformat(), "rate": rate}))
        scratch.replace(path)
    kept = json.loads(path.read_text())
    if kept["rate"] != rate:
        kind = "a demonstration" if kept["rate"] != 1 else "live use"
        raise Refusal(
            f"{place.data} was made for {kind}; its clock cannot change. Use --fresh to begin anew, or another --data."
        )
    return kept["anchor"], rate


def service_environment(
    place: Place, databases: Databases, ports: Mapping[str, int], sockets: Mapping[str, str], *, demo: bool
) -> dict[str, str]:
    """Every variable that a service reads, by name."""
    anchor, rate = clock(place, demo=demo)
    named = {f"MUSTER_{name.upper()}_URL": f"http://127.0.0.1:{port}" for name, port in ports.items()}
    workers = {f"MUSTER_{name.upper().replace('-', '_')}": path for name, path in sockets.items()}
    simulator = {"MUSTER_SIMULATOR_SECRET_FILE": str(place.keys / "simulator-secret")} if demo else {}
    return {
        **named,
        **simulator,
        **workers,
        "MUSTER_MODE": "demo" if demo else "production",
        "MUSTER_DATA": str(place.data),
        "MUSTER_DATABASE_URL": databases.app,
        "MUSTER_REDIS_URL": databases.redis,
        "MUSTER_SIGNING_KEY_FILE": str(place.keys / "signing.pem"),
        "MUSTER_VERIFY_KEY_FILE": str(place.keys / "verify.pem"),
        "MUSTER_ADMIN_PASSWORD_FILE": str(place.keys / "admin-password"),
        "MUSTER_SIMULATOR_SECRET_FILE": str(place.keys / "simulator-secret"),
        "MUSTER_CANARY_SECRET_FILE": str(place.keys / "canary-secret"),
        "MUSTER_METRICS_TOKEN_FILE": str(place.keys / "metrics-token"),
        "MUSTER_AUDIT_HEADS": str(place.data / "audit"),
        "MUSTER_CLOCK_RATE": str(rate),
        "MUSTER_CLOCK_ANCHOR": anchor,
        "MUSTER_ROADS": str(place.data / "roads.npz"),
        "MUSTER_BASEMAP": str(place.data / "basemap.json"),
        "MUSTER_FRONTEND": str(Path(__file__).resolve().parent.parent / "frontend" / "dist"),
    }
