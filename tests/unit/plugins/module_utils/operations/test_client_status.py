# Copyright (c) 2026, wabiz.onprem contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-FileCopyrightText: 2026 wabiz.onprem contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Whatever is wrong with a client is the answer, and never a failure."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from mocked import NAME, Mocked, answer, call_error

from ansible_collections.wabiz.onprem.plugins.module_utils._api import health
from ansible_collections.wabiz.onprem.plugins.module_utils._api.client import LOGIN
from ansible_collections.wabiz.onprem.plugins.module_utils._common.errors import InputError
from ansible_collections.wabiz.onprem.plugins.module_utils._ledger.file import Ledger
from ansible_collections.wabiz.onprem.plugins.module_utils._operations import client_status
from ansible_collections.wabiz.onprem.plugins.module_utils._settings import resource

SETTINGS = {"settings": {"application": {"callback_persist": True, "garbagecollector_enable": {"messages": True}}}}
HEALTH = {"health": {"gateway_status": "connected"}}
URL = "https://us3r:pa55@h.example/?a=s3cret"


@pytest.fixture
def mocked() -> Mocked:
    return Mocked(client_status)


def look(mocked: Mocked, *answers: Any, **given: Any) -> dict[str, Any]:
    mocked.client.get.side_effect = list(answers) or [answer(SETTINGS), answer(HEALTH)]
    outcome = mocked.run(given)
    assert (outcome.changed, outcome.before, mocked.read_only) == (False, None, True)
    return dict(outcome.values["client"])


def kinds(entry: dict[str, Any]) -> list[str]:
    return [one["kind"] for one in entry["findings"]]


def test_two_gets(mocked: Mocked) -> None:
    entry = look(mocked)
    assert (entry["api_url"], entry["level"], entry["api_version"]) == (NAME, "ok", "2.53.1")
    assert [call.args[0] for call in mocked.client.get.call_args_list] == [resource.PATH, health.PATH]
    assert mocked.writes() == []


def test_health_is_asked_where_settings_fail(mocked: Mocked) -> None:
    error = call_error(status=500, code=1014, path=resource.PATH)
    entry = look(mocked, error, answer(HEALTH))
    assert (kinds(entry), entry["health"]["connected"]) == (["refused"], 1)


@pytest.mark.parametrize(
    "details",
    [{}, {"status": 401, "path": resource.PATH}, {"status": 500, "path": LOGIN}, {"path": resource.PATH}],
)
def test_no_more_is_asked_where_it_is_in_vain(mocked: Mocked, details: dict[str, Any]) -> None:
    entry = look(mocked, call_error(**details))
    assert mocked.client.get.call_count == 1
    assert (entry["level"], entry["health"]) == ("critical", None)


def test_settings_are_judged_where_health_fails(mocked: Mocked) -> None:
    entry = look(mocked, answer(SETTINGS), call_error(), settings={"callback_persist": "no"})
    assert kinds(entry) == ["no_answer", "drift"]
    assert entry["message_collection"]["set"] is True


def test_a_connection_that_cannot_be(mocked: Mocked) -> None:
    mocked.connect.side_effect = InputError("api_url is not a URL", client="(unreadable URL)")
    entry = dict(mocked.run({"api_url": "nonsense"}).values["client"])
    assert (entry["api_url"], kinds(entry)) == (None, ["task_failed"])


def test_a_ledger_of_another_client_is_warned_of(mocked: Mocked, tmp_path: Path) -> None:
    path = str(tmp_path / "ledger.json")
    with Ledger(path, read_only=False) as ledger:
        ledger.data.update(client="https://other.example", campaigns={"sale": {"since": "x", "planned_end": None}})
        ledger.save()
    before = Path(path).read_text()
    entry = look(mocked, ledger=path)
    assert [one["name"] for one in entry["campaigns"]] == ["sale"]
    assert "last used for client https://other.example" in mocked.warnings[0]
    assert Path(path).read_text() == before


def test_a_ledger_that_cannot_be_read_hides_nothing_else(mocked: Mocked) -> None:
    entry = look(mocked, ledger="not/absolute")
    assert kinds(entry) == ["ledger_unreadable"]
    assert (entry["message_collection"]["set"], entry["restart"]["owed"]) == (True, None)


def test_what_a_crash_has_left_open_is_decided_and_not_written(mocked: Mocked, tmp_path: Path) -> None:
    path = str(tmp_path / "ledger.json")
    intention = {"since": "x", "before": {"callback_persist": False}, "after": {"callback_persist": True}}
    with Ledger(path, read_only=False) as ledger:
        ledger.data.update(intention=intention)
        ledger.save()
    before = Path(path).read_text()
    entry = look(mocked, ledger=path)
    assert entry["restart"]["settings"] == ["callback_persist"]
    assert Path(path).read_text() == before


@pytest.mark.parametrize(
    ("settings", "words"),
    [
        ({"callback_persists": True}, "unknown setting callback_persists (did you mean callback_persist?)"),
        ({"webhooks": {"urls": URL}}, "unknown setting webhooks.urls"),
        ({"webhooks": URL}, "the setting webhooks must be a dictionary"),
        ({"extra_settings": URL}, "the setting extra_settings must be a dictionary"),
        ({"callback_persist": URL}, "callback_persist"),
        ({"log_level": "loud"}, "log_level"),
        ({"webhooks": {"url": {"a": URL}}}, "webhooks"),
        ({"webhooks": {"url": URL.replace("https", "http")}}, "must begin with https"),
        ({"webhooks": {"url": "https://elsewhere.example/***"}}, "not that of this client"),
        ({"extra_settings": {"log_level": URL}}, "log_level is an option of its own"),
    ],
)
def test_a_mistake_in_what_is_declared_hides_nothing_else(mocked: Mocked, settings: dict[str, Any], words: str) -> None:
    entry = look(mocked, settings=settings)
    assert kinds(entry) == ["task_failed"]
    assert words in entry["findings"][0]["text"]
    assert entry["health"]["settled"]
    assert not [part for part in ("us3r", "pa55", "s3cret") if part in str(entry)]


def test_a_hidden_url_means_the_one_that_is_there(mocked: Mocked) -> None:
    found = {"settings": {"application": {"webhooks": {"url": URL}}}}
    shown = {"webhooks": {"url": "https://h.example/***"}}
    assert look(mocked, answer(found), answer(HEALTH), settings=shown)["drift"] == []


@pytest.mark.parametrize("given", [{"collect_messages": False}, {"settings": {"collect_messages": "no"}}])
def test_collection_that_is_declared(mocked: Mocked, given: dict[str, Any]) -> None:
    (one,) = look(mocked, **given)["drift"]
    assert one == {"setting": "garbagecollector_enable.messages", "declared": False, "found": True}
