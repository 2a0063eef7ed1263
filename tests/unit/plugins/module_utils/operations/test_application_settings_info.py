# SPDX-FileCopyrightText: 2026 wabiz.onprem contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""The operation application_settings_info."""

from __future__ import annotations

from typing import Any, Callable

import pytest

from ansible_collections.wabiz.onprem.plugins.module_utils._ledger import campaigns, restart
from ansible_collections.wabiz.onprem.plugins.module_utils._ledger.file import Ledger
from ansible_collections.wabiz.onprem.plugins.module_utils._operations import (
    application_settings,
    application_settings_info,
)

Make = Callable[..., Any]


def test_one_get_and_nothing_else(bench: Make) -> None:
    one = bench("v2.33.4", callback_persist=True, wa_id="123", sent_status=True, webhooks={"url": "https://h?a=s3"})
    outcome = one.run(application_settings_info)
    assert not outcome.changed
    assert outcome.values == {
        "settings": {"callback_persist": True, "webhooks": {"url": "https://h/***"}},
        "wa_id": "123",
        "other_settings": ["sent_status"],
        "api_version": "2.33.4",
    }
    assert one.connected == [True]
    assert one.wrote() == []
    assert list(one.folder.iterdir()) == []


def test_what_the_ledger_knows(bench: Make) -> None:
    one = bench(callback_persist=True, garbagecollector_enable={"messages": True})
    one.note(lambda state: campaigns.begin(state, "spring", None))
    one.note(lambda state: restart.mark_pending(state, ["log_level"]))
    values = one.run(application_settings_info, ledger=True).values
    assert (values["restart_required"], values["restart_settings"]) == (True, ["log_level"])
    assert values["restart_since"]
    assert [campaign["name"] for campaign in values["campaigns"]] == ["spring"]
    assert values["held_settings"] == ["garbagecollector_enable.messages"]


@pytest.mark.parametrize("executed", [True, False])
def test_after_a_crash_it_decides_by_what_get_shows_and_writes_nothing(bench: Make, executed: bool) -> None:
    one = bench(callback_persist=not executed)
    one.note(
        lambda state: restart.intend(
            state, {"callback_persist": True}, {"callback_persist": False}, Ledger(one.ledger, True).fingerprint
        )
    )
    before = one.state()
    values = one.run(application_settings_info, ledger=True).values
    assert values["restart_required"] is executed
    assert values["restart_settings"] == (["callback_persist"] if executed else [])
    assert one.state() == before


def test_its_answer_can_be_pasted_back(bench: Make) -> None:
    one = bench(
        callback_persist="true",
        media={"auto_download": ["voice", "audio"]},
        webhooks={"url": "https://u:s3@h?a=s3", "message": {"sent": False}},
        pass_through=False,
    )
    settings = one.run(application_settings_info).values["settings"]
    assert not one.run(application_settings, **settings).changed
