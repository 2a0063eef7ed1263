# Copyright (c) 2026, wabiz.onprem contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-FileCopyrightText: 2026 wabiz.onprem contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Logins, tokens, accounts, over HTTPS."""

from __future__ import annotations

import base64
import json
import re
from collections.abc import Callable
from typing import Any

import pytest

from emulator.accounts import strong
from emulator.calling import SETTINGS, Api
from emulator.testing import Client

Make = Callable[..., tuple[Client, Api]]


def test_a_login_answers_a_token_for_a_week(make: Make) -> None:
    client, api = make()
    reply = api.login(client.username, client.password)
    assert reply.status == 200
    (user,) = reply.json["users"]
    assert re.fullmatch(r"\d{4}-\d\d-\d\d \d\d:\d\d:\d\d\+00:00", user["expires_after"])
    assert reply.json["meta"] == {"version": "v2.53.1", "api_status": "stable"}
    header, claims, _dummy = (
        json.loads(_unpadded(part)) if n < 2 else part for n, part in enumerate(user["token"].split("."))
    )
    assert header["alg"] == "HS256"
    assert claims["user"] == "admin"
    assert claims["exp"] - claims["iat"] == 7 * 24 * 3600
    assert "wa:rand" in claims


def _unpadded(part: str) -> bytes:
    return base64.urlsafe_b64decode(part + "=" * (-len(part) % 4))


def test_headers_are_the_products(make: Make) -> None:
    client, api = make()
    headers = api.login(client.username, client.password).headers
    assert headers["Content-Type"] == "application/json"
    assert headers["Cache-Control"] == "no-cache, private"
    assert headers["Server"] == "Server"
    assert headers["X-Request-ID"]


def test_wrong_basic_credentials_have_an_empty_body(make: Make) -> None:
    client, api = make()
    for user, password in ((client.username, "Wrong-1-pass"), ("unknown", client.password)):
        reply = api.login(user, password)
        assert (reply.status, reply.raw) == (401, b"")
    assert api("POST", "/v1/users/login", headers={"Authorization": "Basic !!"}).status == 401


def test_first_login_must_set_a_password(make: Make) -> None:
    _dummy, api = make(password="secret")
    pending = api.login("admin", "secret")
    assert (pending.status, pending.code) == (401, 1024)
    assert pending.headers["WWW-Authenticate"] == 'Basic realm="Secured"'
    assert pending.json["errors"][0]["details"] == "Password must be changed"
    no_json = api.login("admin", "secret", b"new_password=x")
    assert (no_json.status, no_json.code) == (400, 1025)
    assert api.login("admin", "secret", {"something": "else"}).code == 1024
    weak = api.login("admin", "secret", {"new_password": "weak"})
    assert (weak.status, weak.code) == (400, 1009)
    assert api.login("admin", "secret", {"new_password": "Strong-1-pass"}).status == 200
    assert api.login("admin", "Strong-1-pass").status == 200
    assert api.login("admin", "secret").status == 401


@pytest.mark.parametrize("body", [b"", b"grant_type=password&scope=all", b"%%%"])
def test_a_later_login_may_carry_form_data(make: Make, body: bytes) -> None:
    client, api = make()
    form = {**basic(client.username, client.password), "Content-Type": "application/x-www-form-urlencoded"}
    assert api("POST", "/v1/users/login", body, form).status == 200
    assert api("POST", "/v1/users/login", body or b"%", {**form, "Content-Type": "application/json"}).code == 1025


def test_json_labelled_as_form_data_sets_the_password(make: Make) -> None:
    _dummy, api = make(password="secret")
    form = {**basic("admin", "secret"), "Content-Type": "application/x-www-form-urlencoded"}
    assert api("POST", "/v1/users/login", b"new_password=Strong-1-pass", form).code == 1025
    assert api("POST", "/v1/users/login", {"new_password": "Strong-1-pass"}, form).status == 200
    assert api.login("admin", "Strong-1-pass").status == 200


def basic(user: str, password: str) -> dict[str, str]:
    return {"Authorization": f"Basic {base64.b64encode(f'{user}:{password}'.encode()).decode()}"}


def test_a_name_that_is_not_unicode_is_rejected(make: Make) -> None:
    _dummy, api = make()
    for new in (
        {"username": "some\ud800one", "password": "Someone-1-pass"},
        {"username": "someone", "password": "Someone-1-pa\ud800ss"},
    ):
        reply = api("POST", "/v1/users", new)
        assert (reply.status, reply.code) == (400, 1009)


@pytest.mark.parametrize(
    ("password", "good"),
    [("Abcdef-1", True), ("Abc-1", False), ("abcdef-1", False), ("ABCDEF-1", False), ("Abcdefg-", False),
     ("Abcdefg1", False), ("Aa-1" * 17, False), (12345678, False)],
)  # fmt: skip
def test_the_password_rule(password: Any, good: bool) -> None:
    assert strong(password) is good


def test_logout_revokes_only_its_token(make: Make) -> None:
    client, api = make()
    other = {"Authorization": f"Bearer {client.new_token()}"}
    assert client.live_tokens() == 2
    assert api("POST", "/v1/users/logout").json == {"meta": {"version": "v2.53.1", "api_status": "stable"}}
    assert client.live_tokens() == 1
    assert api("GET", SETTINGS).status == 401
    assert api("GET", SETTINGS, headers=other).status == 200


@pytest.mark.parametrize("body", ["json", "empty"])
def test_an_expired_token_is_401_with_or_without_a_body(make: Make, body: str) -> None:
    client, api = make(bad_token_body=body)
    assert client.expire_tokens() == 1
    reply = api("GET", SETTINGS)
    assert reply.status == 401
    assert (reply.code == 1005) if body == "json" else (reply.raw == b"")


def test_tokens_expire_by_themselves(make: Make) -> None:
    client, api = make(token_seconds=-1)
    assert client.live_tokens() == 0
    assert api("GET", SETTINGS).status == 401


def test_a_regular_user_may_not_touch_settings(make: Make) -> None:
    client, api = make()
    client.add_user("regular", "Regular-1-pass")
    regular = {"Authorization": f"Bearer {client.new_token('regular')}"}
    for method in ("GET", "PATCH", "DELETE"):
        reply = api(method, SETTINGS, {"callback_persist": True}, regular)
        assert (reply.status, reply.code) == (403, 1005)
    assert api("GET", "/v1/health", headers=regular).status == 200


def test_users_come_and_go(make: Make) -> None:
    _dummy, api = make()
    new = {"username": "someone", "password": "Someone-1-pass"}
    created = api("POST", "/v1/users", new)
    assert (created.status, created.json["users"]) == (201, [{"username": "someone"}])
    assert api("POST", "/v1/users", new).code == 1014
    assert api("GET", "/v1/users/someone").json["users"] == [{"username": "someone", "ROLES": "ROLE_USER"}]
    token = api.login("someone", "Someone-1-pass").json["users"][0]["token"]
    assert api("DELETE", "/v1/users/someone").status == 200
    assert api("GET", "/v1/health", headers={"Authorization": f"Bearer {token}"}).status == 401
    assert api("GET", "/v1/users/someone").code == 1006
    assert api("DELETE", "/v1/users/admin").code == 1021


def test_an_api_key_is_good_for_watching_alone(make: Make) -> None:
    key = "k" * 12
    _dummy, api = make(api_key=key)
    headers = {"Authorization": f"Apikey {key}"}
    for path in ("/v1/health", "/v1/stats/app", "/v1/stats/db", "/metrics"):
        assert api("GET", path, headers=headers).status == 200
        assert api("GET", path, headers={"Authorization": "Apikey wrong"}).status == 401
    assert api("GET", SETTINGS, headers=headers).status == 401


def test_a_token_of_one_client_is_none_of_another(make: Make) -> None:
    _dummy, one = make()
    _dummy, other = make()
    assert other("GET", SETTINGS, headers=one.headers).status == 401
