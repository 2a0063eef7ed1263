# Copyright (c) 2026, wabiz.onprem contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-FileCopyrightText: 2026 wabiz.onprem contributors
# SPDX-License-Identifier: GPL-3.0-or-later

# Note that this module util is **PRIVATE** to the collection. It can have breaking changes at any time.
"""The connection options as data, and the client that they name."""

from __future__ import annotations

from typing import Any, Callable, Mapping
from urllib.parse import urlsplit

from .._common.errors import InputError
from .._common.progress import silent
from .._common.redaction import UNREADABLE_URL, client_name, redact_api_url
from .client import Client
from .http import Transport
from .tls import ca_problem

# Options of every module of the action group `api`; documented in the doc fragment `connection`.
OPTIONS: dict[str, dict[str, Any]] = {
    "api_url": {"type": "str", "required": True, "env": "WABIZ_ONPREM_API_URL", "redact": "client"},
    "username": {"type": "str", "default": "admin", "env": "WABIZ_ONPREM_USERNAME"},
    "password": {"type": "str", "no_log": True, "env": "WABIZ_ONPREM_PASSWORD"},
    "token": {"type": "str", "no_log": True, "env": "WABIZ_ONPREM_TOKEN"},
    "validate_certs": {"type": "bool", "default": True, "env": "WABIZ_ONPREM_VALIDATE_CERTS"},
    "ca_path": {"type": "path", "env": "WABIZ_ONPREM_CA_PATH"},
    "timeout": {"type": "int", "default": 30, "env": "WABIZ_ONPREM_TIMEOUT"},
    "retry_timeout": {"type": "int", "default": 60, "env": "WABIZ_ONPREM_RETRY_TIMEOUT"},
    "first_contact_timeout": {"type": "int", "default": 5, "env": "WABIZ_ONPREM_FIRST_CONTACT_TIMEOUT"},
}

LONGEST_TIMEOUT = 86400  # seconds


def _url_problem(api_url: str) -> str:
    """What is wrong with an API URL; empty if nothing."""
    if client_name(api_url) == UNREADABLE_URL:
        return "is not a URL"
    parts = urlsplit(api_url)
    if parts.scheme != "https":
        return "must begin with https:// (the client speaks nothing else, and credentials would be readable)"
    if "@" in parts.netloc:
        return "must not carry user info; there are the options username and password"
    if parts.query or parts.fragment:
        return "must not carry a query string or a fragment"
    return ""


def _is_header_text(value: str | None) -> bool:
    return value is None or (value.isascii() and value.isprintable())


def _is_encodable(value: str | None) -> bool:
    try:
        (value or "").encode("utf-8")
    except UnicodeError:
        return False
    return True


def _check(params: Mapping[str, Any], name: str) -> None:
    problem = _url_problem(params["api_url"])
    if problem:
        raise InputError(
            f"api_url {problem}", "Give it as https://host[:port][/prefix].", client=redact_api_url(params["api_url"])
        )
    if params.get("validate_certs") and ca_problem(params.get("ca_path")):
        raise InputError(
            "ca_path {} cannot be used: {}".format(params["ca_path"], ca_problem(params["ca_path"])),
            "The path is resolved where the task runs.",
            client=name,
        )
    if not all(_is_encodable(params.get(option)) for option in ("username", "password")):
        raise InputError(
            "username or password holds characters that cannot be sent", "Look for half of a surrogate pair."
        )
    if not all(_is_header_text(params.get(option)) for option in ("token", "api_key")):
        raise InputError("token or api_key holds characters that none can have", "Look for a line break.", client=name)
    if not any(params.get(option) for option in ("token", "api_key", "password")):
        raise InputError("neither token nor password is given", "Give one of them.", client=name)
    if params["timeout"] < 1 or params["retry_timeout"] < 0:
        raise InputError("timeout must be at least 1 second, retry_timeout at least 0", client=name)
    if max(params["timeout"], params["retry_timeout"]) > LONGEST_TIMEOUT:
        raise InputError("timeout and retry_timeout must be at most %d seconds" % LONGEST_TIMEOUT, client=name)


def connect(
    params: Mapping[str, Any],
    read_only: bool,
    progress: Callable[[str], None],
    warn: Callable[[str], None] = silent,
    conceal: Callable[[str], None] = silent,
    transport: Callable[[str, bool, str | None], Transport] = Transport,
) -> Client:
    """The client that the connection options name. Nothing is sent yet. Raises InputError.

    A given token wins over everything else, an API key over a password.

    :arg conceal: is given each credential that the client sends or receives, so that it can be masked.
    """
    name = client_name(params["api_url"])
    _check(params, name)
    token, api_key = params.get("token") or None, params.get("api_key") or None
    return Client(
        transport(params["api_url"], bool(params.get("validate_certs")), params.get("ca_path")),
        name,
        username=params.get("username"),
        password=params.get("password"),
        token=token,
        api_key=None if token else api_key,
        timeout=params["timeout"],
        retry_timeout=params["retry_timeout"],
        first_contact_timeout=params.get("first_contact_timeout"),
        read_only=read_only,
        progress=progress,
        warn=warn,
        conceal=conceal,
    )
