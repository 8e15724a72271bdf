"""Everything a process is told by its environment, under the prefix MUSTER_."""

from datetime import UTC, datetime
from enum import StrEnum
from functools import cached_property
from pathlib import Path

from pydantic import AwareDatetime, Field, model_validator
from pydantic_settings import BaseSettings, SettingsConfigDict


class Mode(StrEnum):
    """How the installation is used; only demo and test may run a fast clock or sign in without a password."""

    PRODUCTION = "production"
    DEMO = "demo"
    TEST = "test"


class Settings(BaseSettings):
    """One process's settings. The launcher, compose or the tests set them; nothing is read from files of ours."""

    model_config = SettingsConfigDict(env_prefix="MUSTER_", frozen=True)

    mode: Mode = Mode.PRODUCTION
    database_url: str = "postgresql+asyncpg:///muster"
    redis_url: str = "redis://127.0.0.1:6379/0"
    signing_key_file: Path = Path("signing-key.pem")
    verify_key_file: Path = Path("verify-key.pem")
    gateway_url: str = "http://127.0.0.1:8600"
    dispatch_url: str = "http://127.0.0.1:8601"
    resources_url: str = "http://127.0.0.1:8602"
    plans_url: str = "http://127.0.0.1:8603"
    public_origins: tuple[str, ...] = ()
    clock_rate: float = Field(default=1, gt=0, le=60)
    clock_anchor: AwareDatetime = datetime(2026, 1, 1, tzinfo=UTC)
    patience_s: float = Field(default=0.8, gt=0)
    worker_live: Path | None = None
    worker_background: Path | None = None
    roads: Path | None = None
    basemap: Path | None = None
    frontend: Path | None = None
    admin_password_file: Path | None = None
    simulator_secret_file: Path | None = None
    canary_secret_file: Path | None = None
    metrics_token_file: Path | None = None
    audit_heads: Path | None = None
    failpoints: Path | None = None
    data: Path | None = None

    @model_validator(mode="after")
    def _fast_clock_only_for_play(self) -> "Settings":
        if self.clock_rate != 1 and self.mode is Mode.PRODUCTION:
            raise ValueError("a clock rate other than 1 is refused outside demo, test and exercise")
        return self

    @model_validator(mode="after")
    def _failpoints_only_in_tests(self) -> "Settings":
        if self.failpoints is not None and self.mode is not Mode.TEST:
            raise ValueError("failpoints are refused outside test mode")
        return self

    def url_of(self, service: str) -> str:
        """Base address of a service by its name."""
        return str(getattr(self, f"{service}_url"))

    @cached_property
    def signing_key(self) -> str:
        """Ed25519 private key, PEM."""
        return self.signing_key_file.read_text()

    @cached_property
    def verify_key(self) -> str:
        """Ed25519 public key, PEM."""
        return self.verify_key_file.read_text()
