"""Asking a service beside the gateway, signed as the gateway signs, by somebody who may do everything."""

from collections.abc import Generator, Mapping

import httpx

from kernel.auth import Principal, Role, signed_header
from tests.town.people import Town

EVERYBODY = Principal(subject="account:fuzz", name="fuzz", roles=frozenset(Role), station_id="st-1", unit_ids=("*",))


class Signed(httpx.Auth):
    """Signs every request freshly."""

    def __init__(self, town: Town, service: str) -> None:
        self.key = (town.copy.place.keys / "signing.pem").read_text()
        self.service = service

    def headers(self) -> Mapping[str, str]:
        """The headers of one request."""
        return signed_header(EVERYBODY, audience=self.service, key=self.key)

    def auth_flow(self, request: httpx.Request) -> Generator[httpx.Request, httpx.Response, None]:
        """Adds them."""
        request.headers.update(self.headers())
        yield request


def beside(town: Town, service: str) -> httpx.AsyncClient:
    """A client of the service's own port."""
    port = town.copy.state()["processes"][service]["port"]
    return httpx.AsyncClient(base_url=f"http://127.0.0.1:{port}", auth=Signed(town, service), timeout=30)
