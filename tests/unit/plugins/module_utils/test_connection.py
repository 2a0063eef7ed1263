# SPDX-FileCopyrightText: 2026 wabiz.onprem contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""The connection options, and what is refused before anything is sent."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from ansible_collections.wabiz.onprem.plugins.module_utils._api import connection
from ansible_collections.wabiz.onprem.plugins.module_utils._common.errors import InputError

GOOD = {"api_url": "https://c:9090/x/", "username": "admin", "password": "p", "timeout": 30, "retry_timeout": 60}


def connect(**changes: Any) -> Any:
    return connection.connect(dict(GOOD, **changes), True, lambda text: None)


@pytest.mark.parametrize(
    ("changes", "problem"),
    [
        ({"api_url": "http://c"}, "must begin with https://"),
        ({"api_url": "c.example"}, "is not a URL"),
        ({"api_url": "https://"}, "is not a URL"),
        ({"api_url": "https://s3cret:s3cret@c"}, "must not carry user info"),
        ({"api_url": "https://c?s3cret"}, "must not carry a query string"),
        ({"api_url": "https://c#s3cret"}, "must not carry a query string or a fragment"),
        ({"password": None}, "neither token nor password is given"),
        ({"password": ""}, "neither token nor password is given"),
        ({"token": "s3cret\n"}, "holds characters that none can have"),
        ({"api_key": "s3cr\u00e9t"}, "holds characters that none can have"),
        (
            {"validate_certs": True, "ca_path": "/nowhere"},
            "/nowhere cannot be used: there is no such file or folder. The path is resolved",
        ),
        ({"timeout": 0}, "timeout must be at least 1 second"),
        ({"retry_timeout": -1}, "timeout must be at least 1 second"),
        ({"timeout": 10**9}, "must be at most 86400 seconds"),
        ({"password": "s3cret\ud800"}, "username or password holds characters that cannot be sent"),
        ({"username": "\ud800"}, "username or password holds characters that cannot be sent"),
        ({"validate_certs": True, "ca_path": "/a\0b"}, "a path cannot contain a NUL character"),
    ],
)
def test_what_cannot_be(changes: dict[str, Any], problem: str) -> None:
    with pytest.raises(InputError, match=problem) as caught:
        connect(**changes)
    assert "s3cret" not in str(caught.value)


@pytest.mark.parametrize(
    "changes",
    [
        {},
        {"token": "t", "password": None},
        {"api_key": "k", "password": None},
        {"validate_certs": False, "ca_path": "/nowhere"},
    ],
)
def test_what_can_be(changes: dict[str, Any]) -> None:
    client = connect(**changes)
    assert client.name == "https://c:9090/x"
    assert client.read_only
    client.close()


def test_a_ca_that_cannot_be_read(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    ca = tmp_path / "ca.pem"
    ca.write_text("")
    monkeypatch.setattr("os.open", lambda *dummy: (_never for _never in ()).throw(PermissionError(13, "")))
    with pytest.raises(InputError, match=r"it cannot be read \(Permission denied\)"):
        connect(validate_certs=True, ca_path=str(ca))


def test_every_option_has_an_environment_variable() -> None:
    assert {name: option["env"] for name, option in connection.OPTIONS.items()} == {
        name: f"WABIZ_ONPREM_{name.upper()}" for name in connection.OPTIONS
    }
