# SPDX-FileCopyrightText: 2026 wabiz.onprem contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""The operation application_settings: state default."""

from __future__ import annotations

from typing import Any, Callable

import pytest

from ansible_collections.wabiz.onprem.plugins.module_utils._common.errors import CallError, InputError
from ansible_collections.wabiz.onprem.plugins.module_utils._ledger import campaigns
from ansible_collections.wabiz.onprem.plugins.module_utils._operations import application_settings as operation

Make = Callable[..., Any]
# A client whose defaults are not those of the documentation where that is uncertain.
DEFAULTS = {
    "callback_persist": True,
    "heartbeat_interval": 5,
    "notify_user_change_number": True,
    "media": {"auto_download": ["audio", "video"]},
    "webhooks": {"url": "", "max_concurrent_requests": 6},
}


def make(bench: Make, **changes: Any) -> Any:
    one = bench(**dict(DEFAULTS, **changes))
    one.after_delete = dict(DEFAULTS)
    return one


def test_changed_is_what_get_shows_before_and_after(bench: Make) -> None:
    one = make(bench, heartbeat_interval=9, notify_user_change_number=False)
    outcome = one.run(operation, state="default")
    one.client.delete.assert_called_once_with("/v1/settings/application", "reset the application settings")
    assert outcome.values["changed_settings"] == ["heartbeat_interval", "notify_user_change_number"]
    assert outcome.before["notify_user_change_number"] is False
    assert outcome.after["notify_user_change_number"] is True
    assert not outcome.values["restart_required"]
    again = one.run(operation, state="default")
    assert not again.changed
    assert again.before == again.after


def test_a_restart_is_pending_for_what_needs_one(bench: Make) -> None:
    one = make(bench, callback_persist=False, webhooks={"url": "", "max_concurrent_requests": 12})
    outcome = one.run(operation, ledger=True, state="default")
    assert outcome.values["restart_settings"] == ["callback_persist", "webhooks.max_concurrent_requests"]


def test_with_a_ledger_the_second_run_needs_no_delete(bench: Make) -> None:
    one = make(bench, heartbeat_interval=9)
    one.run(operation, ledger=True, state="default")
    assert not one.run(operation, ledger=True, state="default").changed
    assert not one.run(operation, ledger=True, state="default", check=True).changed
    one.client.delete.assert_called_once()
    one.shown["heartbeat_interval"] = 8
    assert one.run(operation, ledger=True, state="default").values["changed_settings"] == ["heartbeat_interval"]


def test_check_mode_says_what_it_cannot_know(bench: Make) -> None:
    one = make(bench, heartbeat_interval=9)
    outcome = one.run(operation, check=True, state="default")
    assert outcome.changed
    assert outcome.values["changed_settings"] == ["heartbeat_interval"]
    assert outcome.values["settings"]["heartbeat_interval"] == 5
    assert "media.auto_download, notify_user_change_number" in one.warnings[0]
    assert "cannot be known in check mode" in one.warnings[0]
    assert one.wrote() == []


def test_check_mode_with_a_ledger_knows_which_settings_differ(bench: Make) -> None:
    one = make(bench)
    one.run(operation, ledger=True, state="default")
    one.shown["heartbeat_interval"] = 8
    predicted = one.run(operation, ledger=True, check=True, state="default")
    assert one.warnings == []
    assert predicted == one.run(operation, ledger=True, state="default")


def test_check_mode_with_a_ledger_says_which_values_it_cannot_know(bench: Make) -> None:
    one = make(bench)
    one.run(operation, ledger=True, state="default")
    one.shown["notify_user_change_number"] = False
    predicted = one.run(operation, ledger=True, check=True, state="default")
    assert predicted.values["changed_settings"] == ["notify_user_change_number"]
    assert len(one.warnings) == 1
    assert "notify_user_change_number" in one.warnings[0] and "cannot be known in check mode" in one.warnings[0]


def test_with_a_ledger_a_documented_default_that_is_not_the_client_s_is_no_change(bench: Make) -> None:
    one = make(bench)
    one.after_delete["heartbeat_interval"] = 7
    one.run(operation, ledger=True, state="default")
    one.shown["callback_persist"] = False
    predicted = one.run(operation, ledger=True, check=True, state="default")
    assert predicted == one.run(operation, ledger=True, state="default")


def test_what_was_sent_and_is_never_shown_differs(bench: Make) -> None:
    one = make(bench)
    one.run(operation, ledger=True, state="default")
    one.run(operation, ledger=True, axolotl_context_striping_disabled=True)
    one.restarted()
    predicted = one.run(operation, ledger=True, state="default", check=True)
    outcome = one.run(operation, ledger=True, state="default")
    assert outcome.values["changed_settings"] == ["axolotl_context_striping_disabled"]
    assert outcome.values["restart_settings"] == ["axolotl_context_striping_disabled"]
    assert predicted.values == outcome.values
    assert not one.run(operation, ledger=True, state="default").changed
    assert one.run(operation, ledger=True, axolotl_context_striping_disabled=True).changed


def test_unknown_settings_are_named_and_not_shown(bench: Make) -> None:
    one = make(bench, pager="one", other=1)
    one.after_delete = dict(DEFAULTS, other=1)
    outcome = one.run(operation, state="default")
    assert outcome.values["changed_settings"] == ["extra_settings.pager"]
    assert "one" not in repr(outcome).replace("None", "")


def test_not_while_a_campaign_is_active(bench: Make) -> None:
    one = make(bench)
    one.note(lambda state: campaigns.begin(state, "spring", None))
    with pytest.raises(InputError, match=r"while a campaign holds.*\(spring\)"):
        one.run(operation, ledger=True, state="default")
    assert one.wrote() == []


@pytest.mark.parametrize("known", [True, False])
def test_a_reset_carries_out_the_end_of_a_campaign(bench: Make, known: bool) -> None:
    one = make(bench)
    if known:
        one.run(operation, ledger=True, state="default")
    one.note(lambda state: campaigns.begin(state, "spring", None))
    one.note(lambda state: campaigns.end(state, ["spring"], "off")[0])
    one.run(operation, ledger=True, state="default")
    assert one.state().release is None


def test_a_rejected_reset_changes_nothing(bench: Make) -> None:
    one = make(bench, callback_persist=False)
    one.run(operation, ledger=True, axolotl_context_striping_disabled=True)
    one.restarted()
    before = one.state()
    one.client.delete.side_effect = CallError("no", status=403)
    with pytest.raises(CallError):
        one.run(operation, ledger=True, state="default")
    assert one.state() == before


@pytest.mark.parametrize("executed", [True, False])
def test_an_unknown_outcome_is_decided_by_the_next_get(bench: Make, executed: bool) -> None:
    one = make(bench, callback_persist=False)

    def lose(path: str, doing: str) -> None:
        if executed:
            one.shown = dict(DEFAULTS)
        raise CallError("cut", outcome_unknown=True)

    one.client.delete.side_effect = lose
    with pytest.raises(CallError):
        one.run(operation, ledger=True, state="default")
    assert one.run(operation, ledger=True).values["restart_settings"] == (["callback_persist"] if executed else [])
