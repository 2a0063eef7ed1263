# Copyright (c) 2026, wabiz.onprem contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-FileCopyrightText: 2026 wabiz.onprem contributors
# SPDX-License-Identifier: GPL-3.0-or-later

# Note that this module util is **PRIVATE** to the collection. It can have breaking changes at any time.
"""The edge of media providers: how it is read, compared and shown.

Facts: there is no PATCH; POST takes an array of exactly one provider, and overwrites one of the same name. No one
documents whether GET shows credentials in clear, masked or not at all, so that all three are expected, and none is shown.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import Any

from .._common.redaction import hide_pair
from .client import Client
from .responses import Answer, MalformedAnswer, dig

PATH = "/v1/settings/application/media/providers"
NAME = re.compile(r"[A-Za-z0-9_-]{1,200}\Z")
MASK = re.compile(r"[*•]{2}|\A(.)\1*\Z", re.DOTALL)  # two stars anywhere, or one character throughout


@dataclass(frozen=True)
class Provider:
    """One provider. ``secret`` is its bearer token or password as far as it is known; it never appears in a repr."""

    name: str
    kind: str
    auth: str | None
    username: str | None = None
    secret: str | None = field(default=None, repr=False)

    def is_like(self, other: Provider) -> bool:
        """Equal in all that is not secret."""
        return (self.name, self.kind, self.auth, self.username) == (other.name, other.kind, other.auth, other.username)

    @property
    def shows_secret(self) -> bool:
        """Whether the secret is there, and does not look masked."""
        return bool(self.secret) and not MASK.search(self.secret or "")

    def as_body(self) -> dict[str, Any]:
        """The provider as the API wants it."""
        return {"name": self.name, "type": self.kind, "config": self._config(self.secret)}

    def as_values(self) -> dict[str, Any]:
        """The provider as the modules return it: without its secret."""
        return {"name": self.name, "type": self.kind, "auth": self.auth, "username": self.username}

    def as_options(self, secret: str | None) -> dict[str, Any]:
        """The provider in the form of the module's options, with this in the place of its secret."""
        return dict({"name": self.name, "type": self.kind}, **self._config(secret))

    def _config(self, secret: str | None) -> dict[str, Any]:
        if self.auth == "basic":
            return {"basic": {"username": self.username, "password": secret}}
        return {"bearer": secret} if self.auth == "bearer" else {}


def _read_provider(entry: Any) -> Provider:
    if not isinstance(entry, dict) or not isinstance(entry.get("name"), str):
        raise MalformedAnswer("a media provider has no name")
    kind = entry.get("type")
    name, kind = entry["name"], kind if isinstance(kind, str) else ""
    config = entry.get("config")
    config = config if isinstance(config, dict) else {}
    basic = config.get("basic")
    if isinstance(basic, dict):
        return Provider(name, kind, "basic", _text(basic.get("username")), _text(basic.get("password")))
    if "bearer" in config:
        return Provider(name, kind, "bearer", None, _text(config["bearer"]))
    return Provider(name, kind, None)


def _text(value: Any) -> str | None:
    return value if isinstance(value, str) else None


def read_providers(answer: Answer) -> dict[str, Provider]:
    """The providers by name. Raises MalformedAnswer."""
    providers = dig(answer, "settings", "application", "media").get("providers")
    if not isinstance(providers, list):
        raise MalformedAnswer("the answer has no list of media providers")
    found = [_read_provider(entry) for entry in providers]
    return {provider.name: provider for provider in found}


def fetch(client: Client) -> dict[str, Provider]:
    """The client's providers by one GET."""
    doing = "read the media providers"
    answer = client.get(PATH, doing)
    try:
        return read_providers(answer)
    except MalformedAnswer as problem:
        raise client.malformed(doing, PATH, str(problem)) from None


def shown_pair(before: Provider | None, after: Provider | None) -> tuple[dict[str, Any], dict[str, Any]]:
    """Both sides of a diff: secrets hidden, and visibly different where one is replaced."""
    old, new = hide_pair(_secret_of(before), _secret_of(after))
    return before.as_options(old) if before else {}, after.as_options(new) if after else {}


def _secret_of(provider: Provider | None) -> str | None:
    """A secret that GET does not show is still one."""
    return None if provider is None else provider.secret or ""
