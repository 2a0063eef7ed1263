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
from ansible_collections.wabiz.onprem.plugins.module_utils._ledger import in_effect, restart
from ansible_collections.wabiz.onprem.plugins.module_utils._ledger.file import Ledger
from ansible_collections.wabiz.onprem.plugins.module_utils._ledger.state import Campaign
from ansible_collections.wabiz.onprem.plugins.module_utils._operations import client_status
from ansible_collections.wabiz.onprem.plugins.module_utils._settings import resource

SETTINGS = {"settings": {"application": {"callback_persist": True, "garbagecollector_enable": {"messages": True}}}}
HEALTH = {"health": {"gateway_status": "connected"}}
SINCE = "2026-06-10T12:00:00Z"
SWITCH = "garbagecollector_enable.messages"
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
        ledger.update(client="https://other.example", campaigns={"sale": Campaign(SINCE, None)})
        ledger.save()
    before = Path(path).read_text()
    entry = look(mocked, ledger=path)
    assert [one["name"] for one in entry["campaigns"]] == ["sale"]
    assert "last used for client https://other.example" in mocked.warnings[0]
    assert Path(path).read_text() == before


def test_a_ledger_that_cannot_be_read_hides_nothing_else(mocked: Mocked) -> None:
    entry = look(mocked, ledger="not/absolute")
    assert kinds(entry) == ["ledger_unreadable"]
    assert (entry["message_collection"]["set"], entry["restart"]["pending"]) == (True, None)


def test_what_a_crash_has_left_open_is_decided_and_not_written(mocked: Mocked, tmp_path: Path) -> None:
    path = str(tmp_path / "ledger.json")
    with Ledger(path, read_only=False) as ledger:
        ledger.make_key()
        before_and_after = {"callback_persist": False}, {"callback_persist": True}
        ledger.state = restart.intend(ledger.state, *before_and_after, ledger.fingerprint)
        ledger.save()
    before = Path(path).read_text()
    entry = look(mocked, ledger=path)
    assert entry["restart"]["settings"] == ["callback_persist"]
    assert Path(path).read_text() == before


class TestInEffect:
    def confirmed(self, path: str, client: str = NAME, **more: Any) -> None:
        shown = {"callback_persist": True, SWITCH: True}
        with Ledger(path, read_only=False) as ledger:
            ledger.update(client=client)
            ledger.state = in_effect.confirm(ledger.state, shown, {**shown, **more}, {"n": "1"})
            ledger.save()

    def test_confirmed_with_its_moment(self, mocked: Mocked, tmp_path: Path) -> None:
        path = str(tmp_path / "ledger.json")
        self.confirmed(path)
        with Ledger(path, read_only=True) as ledger:
            at = in_effect.of(ledger.state, SWITCH).confirmed_at
        assert look(mocked, ledger=path)["message_collection"] == {
            "set": True,
            "in_effect": True,
            "confirmed_at": at,
            "doubt": None,
            "held": False,
        }

    @pytest.mark.parametrize(
        ("ledger", "doubt"),
        [
            ({"more": {SWITCH: False}}, "not all nodes have been restarted since it was changed"),
            ({"client": "https://other.example"}, "no rolling restart of this collection has confirmed it"),
            (None, "no rolling restart of this collection has confirmed it"),
        ],
    )
    def test_doubtful_with_the_reason_and_nothing_is_written(
        self, mocked: Mocked, tmp_path: Path, ledger: Any, doubt: str
    ) -> None:
        path = tmp_path / "ledger.json"
        if ledger is not None:
            self.confirmed(str(path), ledger.get("client", NAME), **ledger.get("more", {}))
        before = path.read_bytes() if path.exists() else None
        collection = look(mocked, ledger=str(path))["message_collection"]
        assert (collection["in_effect"], collection["confirmed_at"], collection["doubt"]) == (None, None, doubt)
        assert (path.read_bytes() if path.exists() else None) == before

    def test_changed_by_others(self, mocked: Mocked, tmp_path: Path) -> None:
        path = str(tmp_path / "ledger.json")
        self.confirmed(path)
        off = {"settings": {"application": {"callback_persist": True, "garbagecollector_enable": {"messages": False}}}}
        collection = look(mocked, answer(off), answer(HEALTH), ledger=path)["message_collection"]
        assert (collection["set"], collection["doubt"]) == (False, "it was changed outside of this collection")

    @pytest.mark.parametrize(
        ("found", "in_effect", "doubt", "kind"),
        [
            ({"nodes": [{"name": "n", "running": True, "started": "1"}]}, True, None, []),
            ({"nodes": [{"name": "n", "running": True, "started": "9", "runs": "1"}]}, True, None, []),
            ({"nodes": [{"name": "n", "running": True, "started": "2"}]}, None, "outside of this collection (n)", []),
            ({"nodes": [{"name": "n", "running": True}]}, None, "outside of this collection (n)", []),
            ({"nodes": [], "problem": "the engine is away"}, None, "could not be checked", ["nodes_not_checked"]),
            ({"nodes": []}, None, "could not be checked", ["nodes_not_checked"]),
            ({"unreachable": True, "msg": "no route"}, None, "could not be checked", ["nodes_not_checked"]),
            ({"nodes": [{"nome": "n"}]}, None, "could not be checked", ["nodes_not_checked"]),
            (None, None, "could not be checked", ["nodes_not_checked"]),
        ],
    )
    def test_nodes_that_are_checked(
        self, mocked: Mocked, tmp_path: Path, found: Any, in_effect: Any, doubt: Any, kind: list[str]
    ) -> None:
        path = tmp_path / "ledger.json"
        self.confirmed(str(path))
        before = path.read_bytes()
        entry = look(mocked, ledger=str(path), check_nodes=True, found=found)
        collection = entry["message_collection"]
        assert (collection["in_effect"], kinds(entry)) == (in_effect, kind)
        assert collection["doubt"] is None if doubt is None else doubt in collection["doubt"]
        assert path.read_bytes() == before

    def test_nodes_are_not_called_checked_without_the_report_that_names_them(
        self, mocked: Mocked, tmp_path: Path
    ) -> None:
        path = str(tmp_path / "ledger.json")
        self.confirmed(path)
        found = {"nodes": [{"name": "n", "running": True, "started": "1"}]}
        entry = look(mocked, answer(SETTINGS), call_error(), ledger=path, check_nodes=True, found=found)
        assert entry["message_collection"]["in_effect"] is None and "nodes_not_checked" in kinds(entry)

    def test_nodes_are_not_compared_where_that_is_not_asked_for(self, mocked: Mocked, tmp_path: Path) -> None:
        path = str(tmp_path / "ledger.json")
        self.confirmed(path)
        found = {"nodes": [{"name": "n", "running": True, "started": "2"}]}
        assert look(mocked, ledger=path, found=found)["message_collection"]["in_effect"] is True

    def test_without_a_ledger_nothing_is_known(self, mocked: Mocked) -> None:
        collection = look(mocked)["message_collection"]
        assert (collection["in_effect"], collection["doubt"]) == (None, None)


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
        ({"webhooks": {"url": "https://other.example/***"}}, "not that of this client"),
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
