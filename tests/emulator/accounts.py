# Copyright (c) 2026, wabiz.onprem contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-FileCopyrightText: 2026 wabiz.onprem contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Users and their bearer tokens."""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
import secrets
import string
import time
from dataclasses import dataclass

from .config import ClientConfig
from .errors import ApiError
from .store import Store

_SIGNING_KEY = secrets.token_bytes(32)
CHALLENGE = {"WWW-Authenticate": 'Basic realm="Secured"'}


@dataclass(frozen=True)
class User:
    name: str
    role: str
    must_change: bool

    @property
    def admin(self) -> bool:
        return self.role == "ROLE_ADMIN"


def strong(password: object) -> bool:
    """The product's rule: 8 to 64 characters with a digit, an upper, a lower and a special one."""
    if not isinstance(password, str) or not 8 <= len(password) <= 64:
        return False
    groups = (string.digits, string.ascii_uppercase, string.ascii_lowercase, string.punctuation)
    return all(any(character in group for character in password) for group in groups)


def _hash(password: str) -> str:
    # The emulator holds no real secret; a slow hash would only take time from benchmarks.
    return hashlib.sha256(password.encode()).hexdigest()


def _jwt(user: str, issued: float, expires: float) -> str:
    claims = {"user": user, "iat": int(issued), "exp": int(expires), "wa:rand": secrets.token_hex(16)}
    parts = [json.dumps(part, separators=(",", ":")).encode() for part in ({"alg": "HS256", "typ": "JWT"}, claims)]
    signed = b".".join(base64.urlsafe_b64encode(part).rstrip(b"=") for part in parts)
    signature = hmac.new(_SIGNING_KEY, signed, "sha256").digest()
    return b".".join((signed, base64.urlsafe_b64encode(signature).rstrip(b"="))).decode()


class Accounts:
    def __init__(self, store: Store) -> None:
        self.store = store

    # -- users

    def add(self, client: str, name: str, password: str, role: str = "ROLE_USER", must_change: bool = False) -> bool:
        """False when there is one of that name already."""
        added = self.store.run(
            "INSERT OR IGNORE INTO users VALUES (?,?,?,?,?)", client, name, _hash(password), role, must_change
        )
        return bool(added)

    def user(self, client: str, name: str) -> User | None:
        row = self.store.one("SELECT * FROM users WHERE client=? AND name=?", client, name)
        return User(row["name"], row["role"], bool(row["must_change"])) if row else None

    def remove(self, client: str, name: str) -> None:
        """Removes a user, which revokes all tokens of that user."""
        with self.store.transaction():
            self.store.run("DELETE FROM users WHERE client=? AND name=?", client, name)
            self.store.run("DELETE FROM tokens WHERE client=? AND user=?", client, name)

    def set_password(self, client: str, name: str, password: str) -> None:
        if not strong(password):
            raise ApiError(400, 1009, "Password does not meet the requirements")
        self.store.run(
            "UPDATE users SET password=?, must_change=0 WHERE client=? AND name=?", _hash(password), client, name
        )

    def check_basic(self, client: str, header: str) -> User:
        """The user of an `Authorization: Basic` header; anything wrong with it is a 401 with an empty body."""
        scheme, _dummy, encoded = header.partition(" ")
        try:
            name, colon, password = base64.b64decode(encoded, validate=True).decode().partition(":")
        except ValueError:
            raise ApiError(401, headers=CHALLENGE) from None
        row = self.store.one("SELECT password FROM users WHERE client=? AND name=?", client, name)
        known = row["password"] if row else ""
        if scheme.lower() != "basic" or not colon or not hmac.compare_digest(known, _hash(password)):
            raise ApiError(401, headers=CHALLENGE)
        user = self.user(client, name)
        assert user is not None
        return user

    # -- tokens

    def new_token(self, client: str, user: str, config: ClientConfig) -> tuple[str, float]:
        issued = time.time()
        expires = issued + config.token_seconds
        token = _jwt(user, issued, expires)
        self.store.run("INSERT INTO tokens VALUES (?,?,?,?)", token, client, user, expires)
        return token, expires

    def check_bearer(self, client: str, header: str, config: ClientConfig) -> tuple[User, str]:
        """The user of an `Authorization: Bearer` header, and the token."""
        scheme, _dummy, token = header.partition(" ")
        row = None
        if scheme.lower() == "bearer":
            row = self.store.one(
                "SELECT u.name, u.role, u.must_change FROM tokens t JOIN users u ON u.client=t.client AND u.name=t.user"
                " WHERE t.token=? AND t.client=? AND t.expires>?",
                *(token.strip(), client, time.time()),
            )
        if row is None:
            if config.bad_token_body == "empty":
                raise ApiError(401)
            raise ApiError(401, 1005, "Invalid credentials.")
        return User(row["name"], row["role"], bool(row["must_change"])), token.strip()

    def revoke(self, token: str) -> None:
        self.store.run("DELETE FROM tokens WHERE token=?", token)

    def expire_all(self, client: str) -> int:
        """All live tokens of the client expire now; how many those were."""
        live = self.live_tokens(client)
        self.store.run("UPDATE tokens SET expires=0 WHERE client=?", client)
        return live

    def live_tokens(self, client: str) -> int:
        return self.store.number("SELECT COUNT(*) FROM tokens WHERE client=? AND expires>?", client, time.time())
