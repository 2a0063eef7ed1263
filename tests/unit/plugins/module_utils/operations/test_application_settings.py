# SPDX-FileCopyrightText: 2026 wabiz.onprem contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""The operation application_settings: state present and reset."""

from __future__ import annotations

import re
from dataclasses import replace
from pathlib import Path
from typing import Any, Callable

import pytest

from ansible_collections.wabiz.onprem.plugins.module_utils._common.errors import CallError, InputError, LedgerError
from ansible_collections.wabiz.onprem.plugins.module_utils._operations import application_settings as operation
from ansible_collections.wabiz.onprem.plugins.module_utils._operations import application_settings_info

Make = Callable[..., Any]


def test_unchanged_is_one_get(bench: Make) -> None:
    one = bench(callback_persist=True, callback_backoff_delay_ms="3000")
    outcome = one.run(operation, callback_persist=True, callback_backoff_delay_ms=3000)
    assert not outcome.changed
    assert one.client.get.call_count == 1
    assert one.wrote() == []
    assert outcome.before == outcome.after == {"callback_persist": True, "callback_backoff_delay_ms": 3000}


def test_a_change_is_one_patch_and_one_more_get(bench: Make) -> None:
    one = bench(callback_persist=True, heartbeat_interval=5)
    outcome = one.run(operation, callback_persist=False, heartbeat_interval=5)
    one.client.patch.assert_called_once_with(
        "/v1/settings/application", {"callback_persist": False}, "change callback_persist"
    )
    assert one.client.get.call_count == 2
    assert outcome.changed
    assert outcome.before == {"callback_persist": True, "heartbeat_interval": 5}
    assert outcome.after == {"callback_persist": False, "heartbeat_interval": 5}
    assert outcome.values == {
        "settings": {"callback_persist": False, "heartbeat_interval": 5},
        "changed_settings": ["callback_persist"],
        "restart_required": True,
        "restart_settings": ["callback_persist"],
        "restart_reason": "changed",
        "prepared": False,
        "held_settings": [],
        "in_effect": None,
        "api_version": "2.53.1",
    }


def test_check_mode_predicts_and_is_read_only(bench: Make) -> None:
    one = bench(callback_persist=True)
    predicted = one.run(operation, check=True, ledger=True, callback_persist=False)
    assert one.connected == [True]
    assert one.wrote() == []
    assert list(one.folder.iterdir()) == []
    assert predicted == one.run(operation, ledger=True, callback_persist=False)
    assert one.connected == [True, False]


def test_false_zero_and_empty_are_values_and_absent_is_none(bench: Make) -> None:
    one = bench(
        callback_persist=True, callback_backoff_delay_ms=1, media={"auto_download": ["audio"]}, log_level="info"
    )
    outcome = one.run(
        operation, callback_persist=False, callback_backoff_delay_ms=0, media={"auto_download": []}, log_level=None
    )
    assert outcome.values["changed_settings"] == [
        "callback_backoff_delay_ms",
        "callback_persist",
        "media.auto_download",
    ]


def test_what_the_client_did_not_keep_is_a_failure(bench: Make) -> None:
    one = bench(heartbeat_interval=5)
    one.client.patch.side_effect = None
    with pytest.raises(CallError, match="did not keep heartbeat_interval"):
        one.run(operation, heartbeat_interval=6)


@pytest.mark.parametrize("kept", [[], ["callback_persist"]])
def test_a_restart_is_pending_only_for_what_was_kept(bench: Make, kept: list[str]) -> None:
    one = bench(callback_persist=True, heartbeat_interval=5)
    one.client.patch.side_effect = lambda path, body, doing: one.shown.update({k: body[k] for k in kept})
    with pytest.raises(CallError, match="did not keep"):
        one.run(operation, ledger=True, callback_persist=False, heartbeat_interval=6)
    assert bool(one.state().restart) is bool(kept)
    assert one.state().intention is None


def test_a_rejection_leaves_no_intention(bench: Make) -> None:
    one = bench(callback_persist=True)
    seen: list[Any] = []

    def refuse(*dummy: Any) -> None:
        seen.append(one.state().intention)
        raise CallError("no", status=400)

    one.client.patch.side_effect = refuse
    with pytest.raises(CallError):
        one.run(operation, ledger=True, callback_persist=False)
    assert set(seen[0].before) == set(seen[0].after) == {"callback_persist"}  # written before the PATCH
    assert seen[0].before != seen[0].after
    assert one.state().intention is None
    assert one.state().restart is None


@pytest.mark.parametrize("executed", [True, False])
def test_an_unknown_outcome_is_decided_by_the_next_get(bench: Make, executed: bool) -> None:
    one = bench(callback_persist=True)

    def lose(path: str, body: Any, doing: str) -> None:
        if executed:
            one.shown.update(body)
        raise CallError("cut", outcome_unknown=True)

    one.client.patch.side_effect = lose
    with pytest.raises(CallError):
        one.run(operation, ledger=True, callback_persist=False)
    assert one.state().intention
    for check in (True, False):
        outcome = one.run(operation, check=check, ledger=True)
        assert outcome.values["restart_required"] is executed
        assert not outcome.changed
    assert one.state().intention is None


def test_a_hidden_setting_of_unknown_outcome_is_reset_like_one_that_was_sent(bench: Make) -> None:
    one = bench(callback_persist=True)
    one.after_delete = dict(one.shown)
    one.client.patch.side_effect = CallError("cut", outcome_unknown=True)
    with pytest.raises(CallError):
        one.run(operation, ledger=True, axolotl_context_striping_disabled=True)
    one.run(operation, ledger=True)
    one.restarted()
    outcome = one.run(operation, ledger=True, state="default")
    assert outcome.values["restart_settings"] == ["axolotl_context_striping_disabled"]


def test_after_a_crash_a_later_task_knows_that_a_restart_is_pending(bench: Make) -> None:
    one = bench(callback_persist=True)
    one.client.patch.side_effect = KeyboardInterrupt
    with pytest.raises(KeyboardInterrupt):
        one.run(operation, ledger=True, callback_persist=False)
    one.shown["callback_persist"] = False
    outcome = one.run(operation, ledger=True, callback_persist=False)
    assert (outcome.changed, outcome.values["restart_required"]) == (False, True)


def test_a_pending_restart_is_returned_in_every_run(bench: Make) -> None:
    one = bench(callback_persist=True)
    one.run(operation, ledger=True, callback_persist=False)
    outcome = one.run(operation, ledger=True)
    assert (outcome.changed, outcome.values["restart_settings"]) == (False, ["callback_persist"])
    assert not one.run(operation).values["restart_required"]


def test_a_ledger_that_cannot_be_written_stops_before_the_patch(bench: Make, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(descriptor: int) -> None:
        raise OSError(28, "full")

    one = bench(callback_persist=True)
    monkeypatch.setattr("os.fsync", full)
    with pytest.raises(LedgerError):
        one.run(operation, ledger=True, callback_persist=False)
    assert one.wrote() == []


def test_settings_that_are_never_shown_are_sent_once_with_a_ledger(bench: Make) -> None:
    one = bench(callback_persist=True)
    for changed in (True, False):
        outcome = one.run(operation, ledger=True, axolotl_context_striping_disabled=True)
        assert outcome.changed is changed
        assert outcome.values["settings"] == {"callback_persist": True}
    assert outcome.before == outcome.after
    assert one.run(operation, axolotl_context_striping_disabled=True).changed
    assert one.run(operation, ledger=True, axolotl_context_striping_disabled=False).changed


def test_a_rejected_hidden_setting_is_known_as_it_was(bench: Make) -> None:
    one = bench()
    one.run(operation, ledger=True, axolotl_context_striping_disabled=True)
    one.client.patch.side_effect = CallError("no", status=400)
    with pytest.raises(CallError):
        one.run(operation, ledger=True, axolotl_context_striping_disabled=False)
    assert not one.run(operation, ledger=True, axolotl_context_striping_disabled=True).changed


def test_secrets_are_hidden_and_their_change_is_visible(bench: Make) -> None:
    one = bench(webhooks={"url": "https://h.example/?auth=one"}, pager="one")
    outcome = one.run(
        operation,
        ledger=True,
        webhooks={"url": "https://h.example/?auth=two"},
        extra_settings={"pager": "two", "x": "two"},
    )
    said = repr(outcome) + Path(one.ledger).read_text()
    assert "one" not in said.replace("None", "") and "two" not in said
    assert outcome.before != outcome.after
    assert outcome.values["changed_settings"] == ["extra_settings.pager", "extra_settings.x", "webhooks.url"]


def test_the_url_as_it_is_shown_changes_nothing(bench: Make) -> None:
    one = bench(webhooks={"url": "https://h.example/?auth=one"}, callback_persist=True)
    shown = one.run(application_settings_info).values["settings"]["webhooks"]
    assert shown == {"url": "https://h.example/***"}
    assert not one.run(operation, webhooks=shown).changed
    for url in ("https://other.example/***", "https://h.example/***<0123abcd>", "https://h.example/?auth=***"):
        with pytest.raises(InputError, match="not that of this client"):
            one.run(operation, webhooks={"url": url})


def test_with_a_ledger_a_shown_url_stands_for_that_url_alone(bench: Make) -> None:
    one = bench(webhooks={"url": "https://h.example/in/one"}, callback_persist=True)
    first = one.run(operation, ledger=True, callback_persist=True).values["settings"]["webhooks"]
    assert re.fullmatch(r"https://h\.example/\*\*\*<[0-9a-f]{8}>", first["url"])
    assert one.run(application_settings_info, ledger=True).values["settings"]["webhooks"] == first
    assert not one.run(operation, ledger=True, webhooks=first).changed
    one.shown["webhooks"] = {"url": "https://h.example/in/two"}
    changed = one.run(application_settings_info, ledger=True).values["settings"]["webhooks"]
    assert changed != first
    with pytest.raises(InputError, match="not that of this client"):
        one.run(operation, ledger=True, webhooks=first)
    assert not one.run(operation, ledger=True, webhooks=changed).changed


@pytest.mark.parametrize("given", [{"webhooks": {"url": ""}}, {"reset": ["webhooks.url"]}, {"state": "default"}])
def test_a_webhook_is_only_lost_where_that_is_allowed(bench: Make, given: dict[str, Any]) -> None:
    one = bench(webhooks={"url": "https://h.example"})
    one.after_delete = {"webhooks": {"url": ""}}
    for check in (True, False):
        with pytest.raises(InputError, match="drops its callbacks"):
            one.run(operation, check=check, **given)
    assert one.wrote() == []
    assert one.run(operation, allow_webhook_loss=True, **given).changed


@pytest.mark.parametrize(
    ("given", "problem"),
    [
        ({"reset": ["log_lvel"]}, "log_lvel in reset is no setting. Did you mean log_level"),
        ({"reset": ["webhooks"]}, "is no setting"),
        ({"reset": ["media.auto_download"]}, "sources disagree about its default"),
        ({"reset": ["log_level"], "log_level": "info"}, "both given and in reset"),
        ({"state": "default", "log_level": "info"}, "takes no settings"),
        ({"state": "default", "reset": ["log_level"]}, "takes no settings"),
        ({"state": "default", "collect_messages": True}, "takes no settings"),
        ({"webhooks": {"max_concurrent_requests": 7}}, "must be one of 6, 12, 18, 24"),
        ({"extra_settings": {"wa_id": "1"}}, "cannot be set"),
    ],
)
def test_bad_input_is_refused_before_any_call(bench: Make, given: dict[str, Any], problem: str) -> None:
    one = bench()
    with pytest.raises(InputError, match=problem):
        one.run(operation, **given)
    assert one.client.method_calls == []


@pytest.mark.parametrize("reset", [["garbagecollector_enable.messages"], None])
def test_collect_messages_and_the_setting_itself(bench: Make, reset: Any) -> None:
    one = bench(garbagecollector_enable={"messages": False})
    given = {"reset": reset} if reset else {"garbagecollector_enable": {"messages": True}}
    with pytest.raises(InputError, match="are both given"):
        one.run(operation, collect_messages=True, **given)
    assert one.wrote() == []


def test_reset_goes_with_given_settings_in_one_patch(bench: Make) -> None:
    one = bench(webhooks={"url": "https://h", "max_concurrent_requests": 24}, log_level="fatal", heartbeat_interval=1)
    one.run(operation, reset=["log_level", "webhooks.max_concurrent_requests"], heartbeat_interval=2)
    one.client.patch.assert_called_once()
    assert one.client.patch.call_args[0][1] == {
        "heartbeat_interval": 2,
        "log_level": "info",
        "webhooks": {"url": "https://h", "max_concurrent_requests": 6},
    }


def test_a_ledger_of_another_client_is_warned_of(bench: Make) -> None:
    one = bench()
    one.note(lambda state: replace(state, client="https://other.example"))
    one.run(operation, ledger=True)
    assert "last used for client https://other.example" in one.warnings[0]
    one.run(operation, ledger=True)
    assert one.warnings == []


@pytest.mark.parametrize(
    ("args", "expanded", "problem"),
    [
        ({"a": 1}, {"a": 1}, ""),
        ({"settings": None, "state": "present"}, {"state": "present"}, ""),
        (
            {"settings": {"log_level": "info", "collect_messages": True, "extra_settings": {}}},
            {"log_level": "info", "collect_messages": True, "extra_settings": {}},
            "",
        ),
        ({"settings": {"log_level": "info"}, "log_level": None}, {"log_level": "info"}, ""),
        ({"settings": {"log_level": "info"}, "log_level": "info"}, None, "is given twice"),
        ({"settings": {"log_lvel": "info"}}, None, "Unknown setting log_lvel.*Did you mean log_level"),
        ({"settings": {"zzz": 1}}, None, "goes into extra_settings"),
        ({"settings": {"state": "default"}}, None, "Unknown setting state"),
        ({"settings": "x"}, None, "must be a dictionary"),
    ],
)
def test_expand(args: dict[str, Any], expanded: Any, problem: str) -> None:
    found, said = operation.expand(dict(args))
    assert bool(said) is bool(problem) and re.search(problem, said)
    if expanded is not None:
        assert found == expanded
