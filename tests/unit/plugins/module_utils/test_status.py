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
from mocked import answer

from ansible_collections.wabiz.onprem.plugins.module_utils import _status
from ansible_collections.wabiz.onprem.plugins.module_utils._api.health import Node, Report, read_report
from ansible_collections.wabiz.onprem.plugins.module_utils._common.errors import (
    CallError,
    InputError,
    LedgerError,
    OnPremError,
)
from ansible_collections.wabiz.onprem.plugins.module_utils._ledger import in_effect
from ansible_collections.wabiz.onprem.plugins.module_utils._ledger.state import (
    Campaign,
    Intention,
    Restart,
    Roll,
    State,
)
from ansible_collections.wabiz.onprem.plugins.module_utils._ledger.state import Node as RolledNode
from ansible_collections.wabiz.onprem.plugins.module_utils._settings import planning

NOW = datetime.datetime(2026, 6, 15, 12, tzinfo=datetime.timezone.utc)
SINCE = "2026-06-10T12:00:00Z"
SWITCH = "garbagecollector_enable.messages"
ON = {"callback_persist": True, "garbagecollector_enable": {"messages": True, "media": True}}
OFF = {**ON, "garbagecollector_enable": {"messages": False, "media": True}}


def client(application: dict[str, Any], version: str | None = "v2.53.1") -> planning.Snapshot:
    return planning.read_snapshot(application, version)


def ledger(application: dict[str, Any] | None = None, **parts: Any) -> State:
    """A ledger; with settings, these are confirmed."""
    state = State(**parts)
    if application is None:
        return state
    shown = planning.restart_values(client(application))
    return in_effect.see(in_effect.confirm(state, shown, shown, {"n": "1"}), shown)


def campaigns(planned_end: str | None = None, since: str = SINCE, name: str = "sale") -> dict[str, Campaign]:
    return {name: Campaign(since, planned_end)}


def pending(*names: str, reason: str = "changed") -> Restart:
    return Restart(SINCE, names, reason)


def report(*nodes: tuple[str, str], single: bool = False) -> Report:
    named = (Node(f"n{number}", "c", role, status, f"n{number}:c") for number, (role, status) in enumerate(nodes))
    return Report(tuple(named), single, "2.53.1")


CONNECTED = {"gateway_status": "connected", "role": "coreapp"}
CONNECTED_MASTER = {"gateway_status": "connected", "role": "primary_master"}
DEAD = {"errors": [{"code": 1014, "title": "Internal error", "details": "Connection refused: wacore2:6252"}]}
NOT_READY = {"errors": [{"code": 1011, "title": "Service not ready", "details": "The core is not instantiated."}]}
SINGLE = report(("single", "connected"), single=True)


def judged(**facts: Any) -> dict[str, Any]:
    given = {"current": client(ON), "report": SINGLE, "ledger": ledger(ON), **facts}
    return _status.judge(_status.Facts(api_url="https://c", now=NOW, **given))


def kinds(**facts: Any) -> list[str]:
    return [one["kind"] for one in judged(**facts)["findings"]]


def known(entry: dict[str, Any]) -> dict[str, Any]:
    """Whether messages are collected, without the moment of its confirmation."""
    collection = dict(entry["message_collection"])
    assert (collection.pop("confirmed_at") is None) is (collection["in_effect"] is None)
    return collection


def test_all_is_well() -> None:
    entry = judged()
    assert known(entry) == {"set": True, "in_effect": True, "doubt": None, "held": False}
    assert dict(entry, message_collection=None) == {
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
        "message_collection": None,
        "restart": {"pending": False, "since": None, "settings": [], "reason": None},
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
            ([("primary_master", "disconnected"), ("coreapp", "disconnected")], "no node is connected"),
            ([("coreapp", "unknown"), ("primary_master", "connected")], "n0:c (coreapp) is unknown"),
        ],
    )
    def test_not_well(self, nodes: list[tuple[str, str]], words: str) -> None:
        (found,) = judged(report=report(*nodes))["findings"]
        assert found["kind"] == "unhealthy"
        assert words in found["text"]

    def test_a_node_in_reserve_is_normal(self) -> None:
        nodes = [("primary_master", "connected"), ("coreapp", "connected"), ("coreapp", "disconnected")]
        assert kinds(report=report(*nodes)) == []

    @pytest.mark.parametrize(
        "nodes",
        [
            {"a:1": CONNECTED_MASTER, "b:2": CONNECTED},
            {"a:1": {**CONNECTED_MASTER, "gateway_status": "disconnected"}, "b:2": CONNECTED},  # one shard, two nodes
            {"a:1": CONNECTED_MASTER, "b:2": CONNECTED, "c:3": {"gateway_status": "disconnected", "role": "coreapp"}},
            {"b:2": {"gateway_status": "connected"}},  # an old client reports no roles
            {"gateway_status": "connected"},
        ],
    )
    def test_each_recorded_shape_of_a_healthy_client_is_ok(self, nodes: dict[str, Any]) -> None:
        assert kinds(report=read_report(answer({"health": nodes}))) == []

    @pytest.mark.parametrize(
        ("nodes", "words"),
        [
            (
                {"a:1": CONNECTED_MASTER, "b:2": CONNECTED, "c:3": DEAD},
                "c:3 is down (API code 1014): Connection refused",
            ),
            ({"a:1": CONNECTED_MASTER, "b:2": NOT_READY}, "b:2 is not ready (API code 1011): The core is not instant"),
            ({"gateway_status": "unregistered"}, "no node is connected: client (single) is unregistered"),
            ({"errors": DEAD["errors"]}, "client (single) is down (API code 1014): Connection refused"),
        ],
    )
    def test_the_client_s_own_reason_is_shown(self, nodes: dict[str, Any], words: str) -> None:
        (found,) = judged(report=read_report(answer({"health": nodes})))["findings"]
        assert (found["kind"], found["level"]) == ("unhealthy", "critical")
        assert words in found["text"]

    def test_less_than_before_a_rolling_restart(self) -> None:
        nodes = [("primary_master", "connected"), ("coreapp", "connected"), ("coreapp", "disconnected")]
        rolled = {"n": RolledNode("coreapp", "h", "", 1, True, True, "1", False)}
        roll = Roll("1", False, False, 3, rolled, None)
        entry = judged(report=report(*nodes), ledger=ledger(ON, restart=pending("callback_persist"), roll=roll))
        assert entry["health"]["settled"] is False
        assert "2 of at least 3 nodes connected" in entry["findings"][0]["text"]

    def test_a_single_client_that_is_not_connected(self) -> None:
        assert kinds(report=report(("single", "unregistered"), single=True)) == ["unhealthy"]


class TestCampaigns:
    def test_overdue(self) -> None:
        entry = judged(current=client(OFF), ledger=ledger(OFF, campaigns=campaigns("2026-06-15T12:00:00Z")))
        (found,) = entry["findings"]
        assert (found["kind"], found["level"], found["since"]) == ("overdue", "critical", "2026-06-15T12:00:00Z")
        assert entry["campaigns"][0]["overdue"]

    def test_a_second_before_its_end(self) -> None:
        assert kinds(current=client(OFF), ledger=ledger(OFF, campaigns=campaigns("2026-06-15T12:00:01Z"))) == []

    @pytest.mark.parametrize(("days", "wanted"), [(4, ["long_campaign"]), (5, [])])
    def test_long(self, days: int, wanted: list[str]) -> None:
        assert kinds(current=client(OFF), ledger=ledger(OFF, campaigns=campaigns()), long_after=days) == wanted

    def test_long_with_a_planned_end_is_fine(self) -> None:
        planned = campaigns("2026-12-01T00:00:00Z", since="2025-01-01T00:00:00Z")
        assert kinds(current=client(OFF), ledger=ledger(OFF, campaigns=planned)) == []

    def test_it_holds_collection_off(self) -> None:
        entry = judged(
            current=client(OFF), ledger=ledger(OFF, campaigns=campaigns()), collect=True, declared={SWITCH: True}
        )
        assert (entry["level"], entry["drift"], entry["held_settings"]) == ("ok", [], [SWITCH])
        assert known(entry) == {"set": False, "in_effect": False, "doubt": None, "held": True}

    @pytest.mark.parametrize(
        ("state", "reason"),
        [
            ({}, "no rolling restart of this collection has confirmed it"),
            ({"application": ON}, "it was changed outside of this collection"),
        ],
    )
    def test_that_it_is_off_in_effect_is_not_known(self, state: dict[str, Any], reason: str) -> None:
        shown = planning.restart_values(client(OFF))
        entry = judged(current=client(OFF), ledger=in_effect.see(ledger(campaigns=campaigns(), **state), shown))
        (found,) = entry["findings"]
        assert (found["kind"], found["level"]) == ("not_in_effect", "critical")
        assert f"off in effect: {reason}. Run the playbook restart (with coreapp_force=true" in found["text"]
        assert known(entry) == {"set": False, "in_effect": None, "doubt": reason, "held": True}

    def test_collection_is_on_all_the_same(self) -> None:
        (found,) = judged(ledger=ledger(ON, campaigns=campaigns()))["findings"]
        assert (found["kind"], found["level"]) == ("collection_on", "warning")

    def test_they_are_shown_for_a_client_that_does_not_answer(self) -> None:
        entry = judged(current=None, report=None, ledger=ledger(campaigns=campaigns("2026-06-01T00:00:00Z")))
        assert [one["kind"] for one in entry["findings"]] == ["overdue"]
        assert known(entry) == {"set": None, "in_effect": None, "doubt": None, "held": True}


class TestCollection:
    def test_off_without_a_reason(self) -> None:
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
        confirmed = {"db_garbagecollector_enable": False}
        entry = judged(current=old, ledger=ledger(confirmed, campaigns=campaigns()), collect=True)
        assert (entry["held_settings"], entry["drift"]) == (["db_garbagecollector_enable"], [])

    def test_what_is_in_effect(self) -> None:
        assert judged(ledger=None)["message_collection"]["in_effect"] is None
        assert judged(ledger=ledger())["message_collection"]["in_effect"] is None
        assert judged(ledger=ledger(ON))["message_collection"]["in_effect"] is True
        # what is stored and pending is one thing, what the nodes were confirmed to run with another
        changed = judged(current=client(OFF), ledger=ledger(ON, restart=pending(SWITCH)))["message_collection"]
        assert (changed["set"], changed["in_effect"]) == (False, True)

    def test_a_value_that_is_none(self) -> None:
        odd = {"garbagecollector_enable": {"messages": "odd"}}
        assert known(judged(current=client(odd), ledger=ledger(odd))) == {
            "set": None,
            "in_effect": None,
            "doubt": "no rolling restart of this collection has confirmed it",
            "held": False,
        }


class TestRestart:
    @pytest.mark.parametrize(
        ("reason", "words"), [("changed", "not in effect"), ("not_confirmed", "not known to be in effect")]
    )
    def test_pending(self, reason: str, words: str) -> None:
        entry = judged(ledger=ledger(ON, restart=pending("callback_persist", reason=reason)))
        assert entry["restart"] == {
            "pending": True,
            "since": SINCE,
            "settings": ["callback_persist"],
            "reason": reason,
        }
        (found,) = entry["findings"]
        assert (found["kind"], found["level"], found["since"]) == ("restart_pending", "warning", SINCE)
        assert f"until then these are {words}: callback_persist. Run" in found["text"]

    def test_a_forced_one_has_no_settings(self) -> None:
        (found,) = judged(ledger=ledger(ON, restart=pending(reason="forced")))["findings"]
        assert (
            found["text"]
            == f"A restart of the Coreapp is pending since {SINCE}: all nodes are to be restarted. Run the playbook restart."
        )

    def test_only_the_client_could_report(self) -> None:
        intention = Intention(SINCE, {}, {"callback_persist": "00"})
        entry = judged(current=None, ledger=ledger(intention=intention))
        assert entry["restart"] == {"pending": None, "since": None, "settings": [], "reason": None}


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
