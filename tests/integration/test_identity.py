"""Signing in and out: cookies, lockout, role buttons, one-use links, accounts, and nobody else's site."""

import contextlib
import time
from collections.abc import AsyncIterator
from itertools import product
from math import inf

import httpx
import pytest
from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncEngine, create_async_engine

import gateway.main
from gateway.identity.__main__ import demo_links
from gateway.identity.passwords import WAITING, Verifier
from kernel.errors import TooMany
from kernel.settings import Mode, Settings

PASSWORD = "a-password-for-tests"
BASE = "http://gateway"


@pytest.fixture(scope="module")
async def app(environment: dict[str, str]) -> AsyncIterator[gateway.main.Door]:
    door = gateway.main.app
    async with door.own.router.lifespan_context(door.own):
        yield door


@pytest.fixture(scope="module")
async def engine(owner_url: str) -> AsyncIterator[AsyncEngine]:
    made = create_async_engine(owner_url)
    yield made
    await made.dispose()


def browser(app: gateway.main.Door, address: str = "127.0.0.1") -> httpx.AsyncClient:
    transport = httpx.ASGITransport(app=app, raise_app_exceptions=False, client=(address, 5000))
    return httpx.AsyncClient(transport=transport, base_url=BASE)


@contextlib.asynccontextmanager
async def signed_in(app: gateway.main.Door, role: str = "dispatcher", **own: str) -> AsyncIterator[httpx.AsyncClient]:
    async with browser(app) as client:
        reply = await client.post("/api/gateway/demo-session", json={"role": role, **own})
        assert reply.status_code == 200, reply.text
        yield client


async def sign_in(client: httpx.AsyncClient, name: str, password: str) -> httpx.Response:
    return await client.post("/api/gateway/session", json={"name": name, "password": password})


async def test_the_administrator_signs_in_with_the_launchers_password(app: gateway.main.Door) -> None:
    async with browser(app) as client:
        nobody = (await client.get("/api/gateway/session")).json()
        assert (nobody["roles"], nobody["mode"]) == ([], "test")
        reply = await sign_in(client, "admin", PASSWORD)
        assert reply.status_code == 200, reply.text
        assert reply.json()["roles"] == ["administrator"]
        cookie = reply.headers["Set-Cookie"]
        assert "HttpOnly" in cookie
        assert "SameSite=strict" in cookie
        assert (await client.get("/api/gateway/session")).json()["subject"] == "account:admin"


async def test_only_the_hash_of_a_session_is_stored(app: gateway.main.Door, engine: AsyncEngine) -> None:
    async with signed_in(app) as client:
        token = client.cookies["muster"]
        async with engine.connect() as connection:
            stored = {row[0] for row in await connection.execute(text("SELECT hash FROM gateway.sessions"))}
    assert token not in stored
    assert all(len(hash_) == 64 for hash_ in stored)


async def test_over_https_the_cookie_is_secure_and_bound_to_the_host(
    app: gateway.main.Door, monkeypatch: pytest.MonkeyPatch
) -> None:
    running = app.running
    behind_tls = running.settings.model_copy(update={"public_origins": ("https://muster.example",)})
    monkeypatch.setattr(running, "settings", behind_tls)
    async with browser(app) as client:
        reply = await sign_in(client, "admin", PASSWORD)
    cookie = reply.headers["Set-Cookie"]
    assert cookie.startswith("__Host-muster=")
    assert "Secure" in cookie
    assert "Path=/" in cookie
    assert "Domain" not in cookie


async def test_signing_out_ends_the_session_at_once(app: gateway.main.Door) -> None:
    async with signed_in(app) as client:
        token = client.cookies["muster"]
        assert (await client.get("/api/gateway/status")).status_code == 200
        assert (await client.delete("/api/gateway/session")).status_code == 204
        stolen = await client.get("/api/gateway/status", headers={"Cookie": f"muster={token}"})
        assert (stolen.status_code, stolen.json()["code"]) == (401, "not_signed_in")


async def test_five_wrong_passwords_lock_this_name_from_this_address_only(app: gateway.main.Door) -> None:
    async with browser(app, "10.0.0.9") as attacker, browser(app, "10.0.0.8") as owner:
        for _ in range(5):
            wrong = await sign_in(attacker, "admin", "wrong")
            assert (wrong.status_code, wrong.json()["code"]) == (401, "wrong_password")
        locked = await sign_in(attacker, "admin", PASSWORD)
        assert (locked.status_code, locked.json()["code"]) == (429, "locked")
        assert int(locked.headers["Retry-After"]) > 60
        assert (await sign_in(owner, "admin", PASSWORD)).status_code == 200
        for _ in range(5):
            unknown = await sign_in(attacker, "nobody-of-this-name", "wrong")
            assert (unknown.status_code, unknown.json()["code"]) == (401, "wrong_password")
        assert (await sign_in(attacker, "nobody-of-this-name", "wrong")).status_code == 429


async def test_an_unknown_name_takes_as_long_as_a_wrong_password(app: gateway.main.Door) -> None:
    least_s = {"admin": inf, "unknown": inf}
    for number, name in product(range(4), least_s):  # in turns, and the least of each: others use this machine
        async with browser(app, f"10.1.{len(name)}.{number}") as client:
            began = time.perf_counter()
            await sign_in(client, name, "wrong")
            least_s[name] = min(least_s[name], time.perf_counter() - began)
    assert 0.4 < least_s["unknown"] / least_s["admin"] < 2.5


async def test_an_idle_session_ends_and_a_device_does_not_idle(app: gateway.main.Door, engine: AsyncEngine) -> None:
    async with signed_in(app, "dispatcher") as person, signed_in(app, "wall") as wall:
        async with engine.begin() as connection:
            await connection.execute(text("UPDATE gateway.sessions SET seen_at = now() - interval '31 minutes'"))
        gateway_own = app.running.own
        gateway_own.sessions.forget("account:demo-dispatcher")
        gateway_own.sessions.forget("account:demo-wall")
        assert (await person.get("/api/gateway/status")).status_code == 401
        assert (await wall.get("/api/gateway/status")).status_code == 200


async def test_a_link_opens_once(app: gateway.main.Door) -> None:
    links = await demo_links(Settings())
    path = links["wall"].removeprefix(Settings().gateway_url)
    async with browser(app) as first, browser(app) as second:
        entered = await first.get(path)
        assert (entered.status_code, entered.headers["Location"]) == (303, "/wall")
        assert (await first.get("/api/gateway/session")).json()["roles"] == ["wall"]
        again = await second.get(path)
        assert (again.status_code, again.json()["code"]) == (403, "link_used")
        assert "Set-Cookie" not in again.headers


async def test_role_buttons_are_for_this_machine_and_for_play_only(
    app: gateway.main.Door, monkeypatch: pytest.MonkeyPatch
) -> None:
    form = {"role": "commander"}
    async with browser(app, "192.168.1.7") as elsewhere:
        assert (await elsewhere.post("/api/gateway/demo-session", json=form)).status_code == 404
    async with browser(app) as here:
        assert (await here.post("/api/gateway/demo-session", json=form)).status_code == 200
        incomplete = await here.post("/api/gateway/demo-session", json={"role": "unit"})
        assert (incomplete.status_code, incomplete.json()["code"]) == (422, "role_incomplete")
        service = await here.post("/api/gateway/demo-session", json={"role": "service"})
        assert service.status_code == 422
        in_earnest = app.running.settings.model_copy(update={"mode": Mode.PRODUCTION})
        monkeypatch.setattr(app.running, "settings", in_earnest)
        assert (await here.post("/api/gateway/demo-session", json=form)).status_code == 404


async def test_a_unit_is_that_unit(app: gateway.main.Door) -> None:
    async with signed_in(app, "unit", unit_id="U-17") as client:
        assert (await client.get("/api/gateway/session")).json()["unit_ids"] == ["U-17"]


async def test_the_simulator_is_a_terminal_gateway_for_every_unit(
    app: gateway.main.Door, environment: dict[str, str]
) -> None:
    async with browser(app) as client:
        with open(environment["MUSTER_SIMULATOR_SECRET_FILE"]) as secret:  # noqa: ASYNC230 - a test may wait
            reply = await sign_in(client, "simulator", secret.read())
        assert (reply.json()["roles"], reply.json()["unit_ids"]) == (["unit"], ["*"])


@pytest.mark.parametrize(
    "headers",
    [
        {"Origin": "http://evil.example"},
        {"Origin": "null"},
        {"Sec-Fetch-Site": "cross-site"},
        {"Sec-Fetch-Site": "same-site"},
    ],
)
async def test_another_site_cannot_act(app: gateway.main.Door, headers: dict[str, str]) -> None:
    async with signed_in(app) as client:
        for path in ("/api/gateway/ws-ticket", "/api/dispatch/incidents", "/api/gateway/session"):
            reply = await client.post(path, json={}, headers=headers)
            assert (reply.status_code, reply.json()["code"]) == (403, "cross_site"), path


async def test_the_administrator_keeps_accounts(app: gateway.main.Door) -> None:
    form = {"title": "王芳", "roles": ["dispatcher"], "seat": "03"}
    async with signed_in(app, "administrator") as admin, browser(app) as person:
        made = await admin.post("/api/gateway/accounts", json={"name": "wangfang", **form}, headers=key("make"))
        assert made.status_code == 201, made.text
        assert "password" not in {name for name in made.json() if name != "has_password"}
        path = "/api/gateway/accounts/wangfang"
        weak = await admin.put(f"{path}/password", json={"password": "pa55w"})
        assert (weak.status_code, "pa55w" in weak.text) == (422, False)
        assert (await admin.put(f"{path}/password", json={"password": PASSWORD})).status_code == 204
        assert (await sign_in(person, "wangfang", PASSWORD)).json()["seat"] == "03"
        changed = await admin.put(path, json={**form, "roles": ["wall"]}, headers=key("change"))
        assert changed.status_code == 200, changed.text
        assert (await person.get("/api/gateway/status")).status_code == 401, "the session must end with the change"
        closed = await admin.put(path, json={**form, "active": False}, headers=key("close"))
        assert closed.status_code == 200
        assert (await sign_in(person, "wangfang", PASSWORD)).status_code == 401
        listed = (await admin.get("/api/gateway/accounts")).json()["accounts"]
        assert {"admin", "wangfang", "simulator"} <= {account["name"] for account in listed}


def key(name: str) -> dict[str, str]:
    return {"Idempotency-Key": f"identity-{name}"}


@pytest.mark.parametrize(
    "fields",
    [
        {"roles": ["administrator", "auditor"]},
        {"roles": ["service"]},
        {"roles": ["wall", "dispatcher"]},
        {"roles": ["station"]},
        {"roles": ["unit"]},
        {"roles": []},
    ],
)
async def test_roles_that_do_not_go_together_are_refused(app: gateway.main.Door, fields: dict[str, object]) -> None:
    async with signed_in(app, "administrator") as admin:
        form = {"name": "never", "title": "x", **fields}
        reply = await admin.post("/api/gateway/accounts", json=form, headers=key(str(fields)[:90].replace("'", "")))
        assert reply.status_code == 422, reply.text


async def test_nobody_else_keeps_accounts(app: gateway.main.Door) -> None:
    async with signed_in(app, "dispatcher") as client:
        reply = await client.get("/api/gateway/accounts")
        assert (reply.status_code, reply.json()["code"]) == (403, "role")


async def test_a_device_is_enrolled_by_a_link(app: gateway.main.Door) -> None:
    async with signed_in(app, "administrator") as admin, browser(app) as device:
        form = {"name": "wall-2", "title": "二号大屏", "roles": ["wall"]}
        assert (await admin.post("/api/gateway/accounts", json=form, headers=key("wall-2"))).status_code == 201
        link = await admin.post("/api/gateway/accounts/wall-2/link")
        assert link.status_code == 201, link.text
        assert (await device.get(link.json()["path"])).headers["Location"] == "/wall"
        person = await admin.post("/api/gateway/accounts/admin/link")
        assert (person.status_code, person.json()["code"]) == (422, "not_a_device")
        assert (await admin.delete("/api/gateway/accounts/wall-2/sessions", headers=key("end"))).status_code == 204
        assert (await device.get("/api/gateway/status")).status_code == 401


async def test_sessions_and_refusals_are_audited_and_the_chain_holds(app: gateway.main.Door) -> None:
    async with signed_in(app, "auditor") as auditor:
        reply = (await auditor.get("/api/gateway/audit")).json()
    assert reply["whole"] is True
    assert {"session.opened", "session.refused", "account.created"} <= {row["action"] for row in reply["rows"]}


async def test_a_flood_of_sign_ins_is_refused_without_hashing() -> None:
    verifier = Verifier()
    verifier._waiting = WAITING
    with pytest.raises(TooMany):
        await verifier.verify("wrong", None)
