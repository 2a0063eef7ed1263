# Copyright (c) 2026, wabiz.onprem contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-FileCopyrightText: 2026 wabiz.onprem contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""What is wrong with a client, judged from facts."""

from __future__ import annotations

import datetime
import json
from typing import Any

import pytest

from ansible_collections.wabiz.onprem.plugins.module_utils import _status
from ansible_collections.wabiz.onprem.plugins.module_utils._api.health import Node, Report
from ansible_collections.wabiz.onprem.plugins.module_utils._common.errors import (
    CallError,
    InputError,
    LedgerError,
    OnPremError,
)
from ansible_collections.wabiz.onprem.plugins.module_utils._ledger import file, pending_restart
from ansible_collections.wabiz.onprem.plugins.module_utils._settings import planning

NOW = datetime.datetime(2026, 6, 15, 12, tzinfo=datetime.timezone.utc)
SINCE = "2026-06-10T12:00:00Z"
SWITCH = "garbagecollector_enable.messages"
ON = {"callback_persist": True, "garbagecollector_enable": {"messages": True, "media": True}}
OFF = {**ON, "garbagecollector_enable": {"messages": False, "media": True}}


def client(application: dict[str, Any], version: str | None = "v2.53.1") -> planning.Snapshot:
    return planning.read_snapshot(application, version)


def ledger(**parts: Any) -> dict[str, Any]:
    return {**file.empty(), **parts}


def campaigns(planned_end: str | None = None, since: str = SINCE, name: str = "sale") -> dict[str, Any]:
    return {name: {"since": since, "planned_end": planned_end}}


def owed(*names: str) -> dict[str, Any]:
    data = ledger()
    pending_restart.owe(data, names)
    return dict(data["restart"], since=SINCE)


def report(*nodes: tuple[str, str], single: bool = False) -> Report:
    named = (Node(f"n{number}", "c", role, status, f"n{number}:c") for number, (role, status) in enumerate(nodes))
    return Report(tuple(named), single, "2.53.1")


SINGLE = report(("single", "connected"), single=True)


def judged(**facts: Any) -> dict[str, Any]:
    given = {"current": client(ON), "report": SINGLE, "ledger": ledger(), **facts}
    return _status.judge(_status.Facts(api_url="https://c", now=NOW, **given))


def kinds(**facts: Any) -> list[str]:
    return [one["kind"] for one in judged(**facts)["findings"]]


def test_all_is_well() -> None:
    assert judged() == {
        "api_url": "https://c",
        "level": "ok",
        "findings": [],
        "api_version": "2.53.1",
        "health": {
            "settled": True,
            "connected": 1,
            "nodes": [{"name": "n0", "role": "single", "status": "connected"}],
        },
        "campaigns": [],
        "message_collection": {"set": True, "in_effect": True, "held": False},
        "restart": {"owed": False, "since": None, "settings": []},
        "held_settings": [],
        "drift": [],
    }


def test_nothing_is_known() -> None:
    entry = judged(current=None, report=None, ledger=None)
    assert entry == _status.unknown("https://c")
    assert entry["level"] == "ok"


@pytest.mark.parametrize(
    ("error", "kind"),
    [
        (CallError("the connection was refused"), "no_answer"),
        (CallError("no", status=401, path="/v1/users/login"), "refused"),
        (CallError("no", status=500, code=1014), "refused"),
        (CallError("no", status=404, code=1006), "refused"),
        (CallError("no", status=404), "malformed"),
        (CallError("no", status=302), "malformed"),
        (CallError("no", status=200), "malformed"),
        (LedgerError("torn"), "ledger_unreadable"),
        (InputError("api_url is not a URL"), "task_failed"),
    ],
)
def test_errors(error: OnPremError, kind: str) -> None:
    (found,) = judged(current=None, report=None, ledger=None, errors=(error, error))["findings"]
    assert found == {"kind": kind, "level": "critical", "text": str(error), "since": None}


class TestHealth:
    @pytest.mark.parametrize(
        ("nodes", "words"),
        [
            ([], "the report names no node"),
            ([("coreapp", "connecting")], "n0:c (coreapp) is connecting"),
            ([("coreapp", "disconnected")], "no node is connected: n0:c (coreapp) is disconnected"),
            ([("coreapp", "connected")], "no nodes are primary master"),
            ([("primary_master", "connected")] * 2, "2 nodes are primary master"),
            ([("primary_master", "disconnected"), ("coreapp", "connected")], "the primary master, is disconnected"),
            ([("primary_master", "connected"), ("coreapp", "disconnected")], "no Coreapp is connected"),
        ],
    )
    def test_not_well(self, nodes: list[tuple[str, str]], words: str) -> None:
        (found,) = judged(report=report(*nodes))["findings"]
        assert found["kind"] == "unhealthy"
        assert words in found["text"]

    def test_a_node_in_reserve_is_normal(self) -> None:
        nodes = [("primary_master", "connected"), ("coreapp", "connected"), ("coreapp", "disconnected")]
        assert kinds(report=report(*nodes)) == []

    def test_less_than_before_a_rolling_restart(self) -> None:
        nodes = [("primary_master", "connected"), ("coreapp", "connected"), ("coreapp", "disconnected")]
        restart = dict(owed("callback_persist"), baseline={"connected": 3, "nodes": {}})
        entry = judged(report=report(*nodes), ledger=ledger(restart=restart))
        assert entry["health"]["settled"] is False
        assert "2 of at least 3 nodes connected" in entry["findings"][0]["text"]

    def test_a_single_client_that_is_not_connected(self) -> None:
        assert kinds(report=report(("single", "unregistered"), single=True)) == ["unhealthy"]


class TestCampaigns:
    def test_overdue(self) -> None:
        entry = judged(current=client(OFF), ledger=ledger(campaigns=campaigns("2026-06-15T12:00:00Z")))
        (found,) = entry["findings"]
        assert (found["kind"], found["level"], found["since"]) == ("overdue", "critical", "2026-06-15T12:00:00Z")
        assert entry["campaigns"][0]["overdue"]

    def test_a_second_before_its_end(self) -> None:
        assert kinds(current=client(OFF), ledger=ledger(campaigns=campaigns("2026-06-15T12:00:01Z"))) == []

    @pytest.mark.parametrize(("days", "wanted"), [(4, ["long_campaign"]), (5, [])])
    def test_long(self, days: int, wanted: list[str]) -> None:
        assert kinds(current=client(OFF), ledger=ledger(campaigns=campaigns()), long_after=days) == wanted

    def test_long_with_a_planned_end_is_fine(self) -> None:
        planned = campaigns("2026-12-01T00:00:00Z", since="2025-01-01T00:00:00Z")
        assert kinds(current=client(OFF), ledger=ledger(campaigns=planned)) == []

    def test_a_beginning_that_is_no_moment(self) -> None:
        assert kinds(current=client(OFF), ledger=ledger(campaigns=campaigns(since="soon"))) == []

    def test_it_holds_collection_off(self) -> None:
        entry = judged(current=client(OFF), ledger=ledger(campaigns=campaigns()), collect=True, declared={SWITCH: True})
        assert (entry["level"], entry["drift"], entry["held_settings"]) == ("ok", [], [SWITCH])
        assert entry["message_collection"] == {"set": False, "in_effect": False, "held": True}

    def test_collection_is_on_all_the_same(self) -> None:
        (found,) = judged(ledger=ledger(campaigns=campaigns()))["findings"]
        assert (found["kind"], found["level"]) == ("collection_on", "warning")

    def test_they_are_told_of_a_client_that_does_not_answer(self) -> None:
        entry = judged(current=None, report=None, ledger=ledger(campaigns=campaigns("2026-06-01T00:00:00Z")))
        assert [one["kind"] for one in entry["findings"]] == ["overdue"]
        assert entry["message_collection"] == {"set": None, "in_effect": None, "held": True}


class TestCollection:
    def test_off_and_nobody_knows_why(self) -> None:
        assert kinds(current=client(OFF)) == ["collection_off"]
        assert kinds(current=client(OFF), ledger=None) == ["collection_off"]

    @pytest.mark.parametrize("declared", [{"declared": {SWITCH: False}}, {"collect": False}])
    def test_declared_off(self, declared: dict[str, Any]) -> None:
        assert kinds(current=client(OFF), **declared) == []

    def test_who_holds_it_cannot_be_known(self) -> None:
        error = LedgerError("torn")
        assert kinds(current=client(OFF), ledger=None, errors=(error,)) == ["ledger_unreadable"]

    def test_an_older_client(self) -> None:
        old = client({"db_garbagecollector_enable": False}, "v2.41.2")
        assert kinds(current=old) == ["collection_off"]
        entry = judged(current=old, ledger=ledger(campaigns=campaigns()), collect=True)
        assert (entry["held_settings"], entry["drift"]) == (["db_garbagecollector_enable"], [])

    def test_what_is_in_effect(self) -> None:
        assert judged(ledger=None)["message_collection"]["in_effect"] is None
        assert judged(ledger=ledger(restart=owed(SWITCH)))["message_collection"]["in_effect"] is None
        assert judged(ledger=ledger(restart=owed("callback_persist")))["message_collection"]["in_effect"] is True

    def test_a_value_that_is_none(self) -> None:
        assert judged(current=client({"garbagecollector_enable": {"messages": "odd"}}))["message_collection"] == {
            "set": None,
            "in_effect": None,
            "held": False,
        }


class TestRestart:
    def test_owed(self) -> None:
        entry = judged(ledger=ledger(restart=owed("callback_persist")))
        assert entry["restart"] == {"owed": True, "since": SINCE, "settings": ["callback_persist"]}
        (found,) = entry["findings"]
        assert (found["kind"], found["level"], found["since"]) == ("restart_owed", "warning", SINCE)

    def test_only_the_client_could_tell(self) -> None:
        intention = {"since": SINCE, "before": {}, "after": {"callback_persist": False}}
        entry = judged(current=None, ledger=ledger(intention=intention))
        assert entry["restart"] == {"owed": None, "since": None, "settings": []}


class TestDrift:
    def test_values_and_one_finding_for_all(self) -> None:
        entry = judged(
            declared={"callback_persist": False, "log_level": "debug", "garbagecollector_enable.media": True}
        )
        assert entry["drift"] == [
            {"setting": "callback_persist", "declared": False, "found": True},
            {"setting": "log_level", "declared": "debug", "found": None},
        ]
        (found,) = entry["findings"]
        assert found["text"].startswith(
            "2 settings differ from what the inventory declares: callback_persist, log_level."
        )

    def test_what_is_never_shown(self) -> None:
        hidden = {"axolotl_context_striping_disabled": True}
        assert judged(declared=hidden, ledger=None)["drift"] == []
        assert judged(declared=hidden, was_sent=lambda name, value: True)["drift"] == []
        (one,) = judged(declared=hidden)["drift"]
        assert one["found"] is None

    def test_secrets_are_hidden_and_differ_visibly(self) -> None:
        found = client({**ON, "webhooks": {"url": "https://u:p4ss@h.example/?a=s3cret"}, "pager": "s3cret"})
        declared = {"webhooks.url": "https://u:p4ss@h.example/?a=other-s3cret", "extra_settings.pager": "p4ss"}
        drift = {one["setting"]: one for one in judged(current=found, declared=declared)["drift"]}
        assert "s3cret" not in str(drift) and "p4ss" not in str(drift)
        assert all(one["declared"] != one["found"] for one in drift.values())

    @pytest.mark.parametrize("value", ["https://u:p4ss@h/", ["https://u:p4ss@h/"], {"url": "https://u:p4ss@h/"}])
    def test_a_url_where_none_belongs(self, value: Any) -> None:
        (one,) = judged(current=client({**ON, "log_level": value}), declared={"log_level": "info"})["drift"]
        assert "p4ss" not in str(one)

    @pytest.mark.parametrize("value", ["x" * 9999, ["x" * 9999], {"a": ["x"] * 9999}, float("nan"), [float("inf")]])
    def test_values_of_an_impossible_size(self, value: Any) -> None:
        (one,) = judged(current=client({**ON, "log_level": value}), declared={"log_level": "info"})["drift"]
        json.dumps(one, allow_nan=False)
        assert len(str(one["found"])) <= 200


def test_worst_first() -> None:
    entry = judged(current=client(OFF), declared={"callback_persist": False})
    assert [one["level"] for one in entry["findings"]] == ["critical", "warning"]
    assert entry["level"] == "critical"
