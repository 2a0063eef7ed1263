# Copyright (c) 2026, wabiz.onprem contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-FileCopyrightText: 2026 wabiz.onprem contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""The media providers of a client, without their secrets."""

from __future__ import annotations

from typing import Any

import pytest
from mocked import Mocked, answer

from ansible_collections.wabiz.onprem.plugins.module_utils._common.errors import CallError
from ansible_collections.wabiz.onprem.plugins.module_utils._operations import media_provider_info

SECRET = "a-secret-of-others"


def listed(*providers: Any) -> Any:
    return answer({"settings": {"application": {"media": {"providers": list(providers)}}}})


def test_lists_without_secrets() -> None:
    mocked = Mocked(media_provider_info)
    odd = {"name": "odd", "type": "www", "config": {"key": SECRET}}
    store = {"name": "store", "type": "www", "config": {"basic": {"username": "anna", "password": SECRET}}}
    archive = {"name": "archive", "type": "www", "config": {"bearer": SECRET}}
    mocked.client.get.return_value = listed(store, odd, archive)
    outcome = mocked.run({})
    assert outcome.values["providers"] == [
        {"name": "archive", "type": "www", "auth": "bearer", "username": None},
        {"name": "odd", "type": "www", "auth": None, "username": None},
        {"name": "store", "type": "www", "auth": "basic", "username": "anna"},
    ]
    assert (outcome.changed, mocked.read_only) == (False, True)
    assert SECRET not in repr(outcome)


def test_none() -> None:
    mocked = Mocked(media_provider_info)
    mocked.client.get.return_value = listed()
    assert mocked.run({}).values == {"providers": []}


@pytest.mark.parametrize(
    "data",
    [
        {},
        {"settings": {"application": {"media": {}}}},
        {"settings": {"application": {"media": {"providers": {}}}}},
        {"settings": {"application": {"media": {"providers": [{"type": "www"}]}}}},
    ],
)
def test_answer_of_something_else(data: dict[str, Any]) -> None:
    mocked = Mocked(media_provider_info)
    mocked.client.get.return_value = answer(data)
    with pytest.raises(CallError, match="Could not read the media providers"):
        mocked.run({})
