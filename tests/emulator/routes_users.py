# Copyright (c) 2026, wabiz.onprem contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-FileCopyrightText: 2026 wabiz.onprem contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Login, logout, users."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from .accounts import CHALLENGE, User, strong
from .answers import Answer, Call, success
from .errors import ApiError
from .stamps import expiry_text

if TYPE_CHECKING:
    from .webapp import Services


FORM = "application/x-www-form-urlencoded"


def login(services: Services, call: Call, user: User | None, argument: str) -> Answer:
    user = services.accounts.check_basic(call.client, call.authorization)
    new_password = _new_password(call, required=user.must_change)
    if new_password is not None:
        services.accounts.set_password(call.client, user.name, new_password)
    token, expires = services.accounts.new_token(call.client, user.name, call.config)
    return success(call.config, {"users": [{"token": token, "expires_after": expiry_text(expires)}]}, webapp=True)


def _new_password(call: Call, required: bool) -> Any:
    """What the body has as `new_password`; the first login with the shipped password must have one.

    Recorded: a first login whose body is not JSON is rejected with code 1025. A later login needs no body; form data,
    which HTTP libraries send by default, is ignored then. That is the emulator's choice.
    """
    try:
        body = call.json() if call.body.strip() else None
    except ApiError:
        if required or not call.headers.get("Content-Type", "").lower().startswith(FORM):
            raise
        body = None
    given = body.get("new_password") if isinstance(body, dict) else None
    if given is None and required:
        raise ApiError(401, 1024, "Password must be changed", headers=CHALLENGE)
    return given


def logout(services: Services, call: Call, user: User | None, argument: str) -> Answer:
    services.accounts.revoke(call.authorization.partition(" ")[2].strip())
    return success(call.config, {}, webapp=True)


def create(services: Services, call: Call, user: User | None, argument: str) -> Answer:
    body = call.json()
    if not isinstance(body, dict) or "username" not in body or "password" not in body:
        raise ApiError(400, 1008, "username and password are required")
    name, password = body["username"], body["password"]
    if not isinstance(name, str) or not 4 <= len(name) <= 32 or not strong(password):
        raise ApiError(400, 1009, "username or password does not meet the requirements")
    if not services.accounts.add(call.client, name, password):
        raise ApiError(400, 1014, "Unable to create user. Already exist?")
    return success(call.config, {"users": [{"username": name}]}, webapp=True, status=201)


def _existing(services: Services, call: Call, name: str) -> User:
    found = services.accounts.user(call.client, name)
    if found is None:
        raise ApiError(404, 1006, "User not found")
    return found


def read(services: Services, call: Call, user: User | None, argument: str) -> Answer:
    found = _existing(services, call, argument)
    return success(call.config, {"users": [{"username": found.name, "ROLES": found.role}]}, webapp=True)


def change_password(services: Services, call: Call, user: User | None, argument: str) -> Answer:
    if user is None or not (user.admin or user.name == argument):
        raise ApiError(403, 1005, "This account is not allowed to do this")
    found = _existing(services, call, argument)
    body = call.json()
    if not isinstance(body, dict) or "password" not in body:
        raise ApiError(400, 1008, "password is required")
    services.accounts.set_password(call.client, found.name, body["password"])
    return success(call.config, {"users": [{"username": found.name}]}, webapp=True)


def remove(services: Services, call: Call, user: User | None, argument: str) -> Answer:
    found = _existing(services, call, argument)
    if found.admin:
        raise ApiError(400, 1021, "The admin account cannot be deleted")
    services.accounts.remove(call.client, found.name)
    return success(call.config, {"users": [{"username": found.name}]}, webapp=True)
