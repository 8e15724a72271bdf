"""The one door: requests pass signed and trimmed, an absent service is said plainly, pages come with their policy."""

import json
from collections.abc import AsyncIterator
from typing import Any

import httpx
import pytest

import gateway.main
from tests.integration import probe
from tests.integration.served import Town, town


@pytest.fixture(scope="module")
async def city(
    environment: dict[str, str], owner_url: str, tmp_path_factory: pytest.TempPathFactory
) -> AsyncIterator[Town]:
    await probe.make_schema(owner_url)
    built = tmp_path_factory.mktemp("dist")
    (built / "index.html").write_text("<!doctype html><title>集结</title>" + " " * 2000)
    (built / "assets").mkdir()
    (built / "assets" / "main-1a2b.js").write_text("export {};\n" * 500)
    (built.parent / "secret.txt").write_text("secret")
    basemap = built.parent / "basemap.json"
    basemap.write_text(json.dumps({"layers": ["x" * 4000]}))
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("MUSTER_FRONTEND", str(built))
        patch.setenv("MUSTER_BASEMAP", str(basemap))
        async with town({"dispatch": probe.make_app("dispatch"), "gateway": gateway.main.app}, environment) as made:
            for absent in ("resources", "plans"):
                made.sockets[absent].close()
            yield made


async def test_a_request_passes_on_behalf_of_who_asks(city: Town) -> None:
    async with city.signed_in("dispatcher") as browser:
        form = {"id": "p1", "name": "泵车"}
        made = await browser.post("/api/dispatch/things", json=form, headers={"Idempotency-Key": "door-1"})
        again = await browser.post("/api/dispatch/things", json=form, headers={"Idempotency-Key": "door-1"})
        assert (made.status_code, again.content) == (201, made.content)
        assert again.headers["Idempotency-Replayed"] == "true"
        events = (await browser.get("/api/dispatch/events?after=0")).json()["events"]
        assert events[-1]["actor"] == "account:demo-dispatcher"
        missing = await browser.post("/api/dispatch/things", json=form)
        assert (missing.status_code, missing.json()["code"]) == (400, "key_missing")


async def test_rights_hold_through_the_door(city: Town) -> None:
    async with city.signed_in("wall") as wall:
        headers = {"Idempotency-Key": "wall-1"}
        reply = await wall.post("/api/dispatch/things", json={"id": "w", "name": "x"}, headers=headers)
        assert (reply.status_code, reply.json()["code"]) == (403, "role")
    anonymous = await city.browser.get("/api/dispatch/count")
    assert (anonymous.status_code, anonymous.json()["code"]) == (401, "not_signed_in")


async def test_a_browser_cannot_sign_for_itself(city: Town) -> None:
    forged = probe.headers(audience="dispatch")
    assert (await city.browser.get("/api/dispatch/count", headers=forged)).status_code == 401


async def test_cookies_stay_at_the_door(city: Town, monkeypatch: pytest.MonkeyPatch) -> None:
    seen: list[Any] = []
    original = httpx.AsyncClient.send

    async def watched(self: httpx.AsyncClient, request: httpx.Request, **options: Any) -> httpx.Response:
        if request.url.path == "/count" and request.url.port == city.sockets["dispatch"].getsockname()[1]:
            seen.append(request.headers)
        return await original(self, request, **options)

    monkeypatch.setattr(httpx.AsyncClient, "send", watched)
    async with city.signed_in() as browser:
        assert (await browser.get("/api/dispatch/count")).status_code == 200
    assert len(seen) == 1
    assert "cookie" not in seen[0]
    assert seen[0]["authorization"].startswith("Bearer ")
    assert "muster-deadline" in seen[0]


@pytest.mark.parametrize("service", ["resources", "plans"])
async def test_an_absent_service_is_said_plainly(city: Town, service: str) -> None:
    async with city.signed_in() as browser:
        reply = await browser.get(f"/api/{service}/snapshot")
        assert (reply.status_code, reply.json()["code"]) == (503, f"{service}_away")
        assert reply.headers["Retry-After"] == "1"
        assert f"{service}_away" in (await browser.get("/api/gateway/status")).json()["degraded"]


async def test_there_are_no_other_services(city: Town) -> None:
    async with city.signed_in() as browser:
        for path in ("/api/kernel/x", "/api/", "/api/postgres/x", "/api/dispatch%2f..%2fplans/x"):
            assert (await browser.get(path)).status_code == 404, path


async def test_a_body_over_a_megabyte_stops_at_the_door(city: Town) -> None:
    async with city.signed_in() as browser:
        body = b'{"id":"' + b"x" * 1_100_000 + b'"}'
        headers = {"Idempotency-Key": "large", "Content-Type": "application/json"}
        reply = await browser.post("/api/dispatch/things", content=body, headers=headers)
        assert (reply.status_code, reply.json()["code"]) == (413, "body_too_large")


@pytest.mark.parametrize(
    "path", ["/", "/wall", "/desk", "/planner", "/planner/siting", "/login", "/station/S1", "/unit/U-1"]
)
async def test_every_screen_is_the_one_page_under_its_policy(city: Town, path: str) -> None:
    reply = await city.browser.get(path)
    assert reply.status_code == 200
    assert "集结" in reply.text
    policy = reply.headers["Content-Security-Policy"]
    assert "script-src 'self'" in policy
    assert "unsafe" not in policy
    assert reply.headers["Cache-Control"] == "no-cache"
    assert reply.headers["X-Content-Type-Options"] == "nosniff"


async def test_assets_are_kept_for_ever_and_zipped(city: Town) -> None:
    reply = await city.browser.get("/assets/main-1a2b.js")
    assert reply.headers["Content-Encoding"] == "gzip"
    assert "immutable" in reply.headers["Cache-Control"]
    assert reply.headers["Content-Type"].startswith("text/javascript")
    plain = await city.browser.get("/assets/main-1a2b.js", headers={"Accept-Encoding": "identity"})
    assert "Content-Encoding" not in plain.headers
    assert plain.text == reply.text


@pytest.mark.parametrize(
    "path",
    ["/missing.js", "/assets/", "/../secret.txt", "/%2e%2e/secret.txt", "/assets/..%2f..%2fsecret.txt", "/a%00b"],
)
async def test_nothing_else_is_served(city: Town, path: str) -> None:
    url = httpx.URL(city.url("gateway")).copy_with(raw_path=path.encode())
    reply = await city.browser.get(url)
    assert (reply.status_code, reply.headers["content-type"]) == (404, "application/problem+json")


async def test_the_base_map_is_asked_for_once(city: Town) -> None:
    assert (await city.browser.get("/api/gateway/basemap")).status_code == 401
    async with city.signed_in("wall") as wall:
        reply = await wall.get("/api/gateway/basemap")
        assert reply.json() == {"layers": ["x" * 4000]}
        assert reply.headers["Content-Encoding"] == "gzip"
        again = await wall.get("/api/gateway/basemap", headers={"If-None-Match": reply.headers["ETag"]})
        assert (again.status_code, again.content) == (304, b"")


async def test_the_door_is_documented_with_its_frames(city: Town) -> None:
    document = gateway.main.app.openapi()
    assert {"Hello", "SnapshotFrame", "EventsFrame", "PositionsFrame", "BeatFrame", "Envelope"} <= set(
        document["components"]["schemas"]
    )
    json.dumps(document)
