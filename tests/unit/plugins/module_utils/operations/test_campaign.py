# Copyright (c) 2026, wabiz.onprem contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-FileCopyrightText: 2026 wabiz.onprem contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Campaigns: overlap, planned ends, what they leave behind, proof, and the same prediction in check mode."""

from __future__ import annotations

import datetime
from dataclasses import replace
from itertools import permutations
from pathlib import Path
from typing import Any, Callable
from unittest.mock import Mock

import pytest

from ansible_collections.wabiz.onprem.plugins.module_utils._common.errors import CallError, InputError, LedgerError
from ansible_collections.wabiz.onprem.plugins.module_utils._common.operation import Outcome
from ansible_collections.wabiz.onprem.plugins.module_utils._ledger import campaigns, restart
from ansible_collections.wabiz.onprem.plugins.module_utils._ledger.state import Campaign, Hold
from ansible_collections.wabiz.onprem.plugins.module_utils._operations import campaign

SWITCH = "garbagecollector_enable.messages"


class Client:
    """A client that collects messages, and campaigns on it."""

    def __init__(self, one: Any) -> None:
        self.one = one

    def run(self, check: bool = False, **given: Any) -> Outcome:
        outcome: Outcome = self.one.run(campaign, check=check, ledger=True, **given)
        return outcome

    def begin(self, name: str = "spring", **given: Any) -> Outcome:
        return self.run(name=name, **given)

    def end(self, name: str | None = "spring", **given: Any) -> Outcome:
        return self.run(state="absent", name=name, **given)

    @property
    def collects(self) -> bool:
        return bool(self.one.shown["garbagecollector_enable"]["messages"])

    @collects.setter
    def collects(self, value: bool) -> None:
        self.one.shown["garbagecollector_enable"]["messages"] = value


@pytest.fixture
def client(bench: Callable[..., Any]) -> Client:
    one = bench(callback_persist=True, garbagecollector_enable={"messages": True, "media": False})
    one.restarted()
    return Client(one)


class TestBeforeARoll:
    LOST = "are lost when their node restarts"

    def begin(self, bench: Callable[..., Any], queued: Any = 0, version: str = "2.53.1", **shown: Any) -> Any:
        one = bench(version=version, **shown)
        one.restarted()
        one.queued = queued
        Client(one).begin(write="unless_restart")
        return one

    @pytest.mark.parametrize(
        ("persist", "queued", "words"),
        [(False, 3, "3 callbacks that wait"), (False, None, "callbacks that wait"), (False, 0, ""), (True, 3, "")],
    )
    def test_callbacks_that_would_be_lost(
        self, bench: Callable[..., Any], persist: bool, queued: Any, words: str
    ) -> None:
        shown = {"callback_persist": persist, "garbagecollector_enable": {"messages": True}}
        one = self.begin(bench, queued, **shown)
        assert [words in text and self.LOST in text for text in one.warnings] == ([True] if words else [])
        assert one.client.get.call_count == (1 if persist else 2)

    def test_no_more_is_asked_where_no_restart_comes(self, bench: Callable[..., Any]) -> None:
        one = self.begin(bench, 3, callback_persist=False, garbagecollector_enable={"messages": False})
        assert one.warnings == [] and one.client.get.call_count == 1

    @pytest.mark.parametrize("on", [True, False])
    def test_pass_through_removes_what_the_campaign_keeps(self, bench: Callable[..., Any], on: bool) -> None:
        shown = {"callback_persist": True, "pass_through": on, "db_garbagecollector_enable": True}
        one = self.begin(bench, version="2.33.4", **shown)
        assert ["pass_through is on" in text for text in one.warnings] == ([True] if on else [])


def names(outcome: Outcome) -> list[str]:
    return [one["name"] for one in outcome.values["campaigns"]]


class TestBegin:
    def test_it_switches_collection_off_and_marks_a_restart_pending(self, client: Client) -> None:
        outcome = client.begin()
        assert outcome.changed and names(outcome) == ["spring"] and outcome.values["active"]
        assert (client.collects, client.one.client.get.call_count, client.one.wrote()) == (False, 2, ["patch"])
        assert outcome.values["held_settings"] == outcome.values["restart_settings"] == [SWITCH]
        assert outcome.values["restart_reason"] == "changed"
        assert outcome.values["message"] == (
            "Garbage collection of messages is stored as off, not in effect yet: a restart of the Coreapp is pending; "
            "active campaigns: spring."
        )
        assert (outcome.before or {})["campaigns"] == {}
        assert (outcome.after or {})["campaigns"] == {"spring": "no planned end"}
        assert (outcome.after or {})["garbagecollector_enable"] == {"messages": False}
        assert client.one.state().hold == Hold(True)

    def test_the_same_again_changes_nothing(self, client: Client) -> None:
        client.begin()
        again = client.begin()
        assert (again.changed, client.one.wrote()) == (False, ["patch"])
        assert again.values["restart_required"]

    def test_after_its_restart_it_is_confirmed(self, client: Client) -> None:
        client.begin()
        client.one.restarted()
        outcome = client.begin()
        assert not outcome.values["restart_required"]
        at = outcome.values["in_effect"][SWITCH]["confirmed_at"]
        assert outcome.values["message"] == (
            f"Garbage collection of messages is stored as off, in effect, confirmed at {at}; active campaigns: spring."
        )

    def test_another_one_beside_it_writes_nothing(self, client: Client) -> None:
        client.begin()
        client.one.restarted()
        client.one.client.patch.reset_mock()
        outcome = client.begin("summer")
        assert outcome.changed and names(outcome) == ["spring", "summer"]
        client.one.client.patch.assert_not_called()
        assert not outcome.values["restart_required"]

    def test_an_older_client_has_another_switch(self, bench: Callable[..., Any]) -> None:
        one = bench("v2.33.4", db_garbagecollector_enable=True)
        outcome = Client(one).begin()
        assert one.shown == {"db_garbagecollector_enable": False}
        assert outcome.values["held_settings"] == ["db_garbagecollector_enable"]

    def test_its_planned_end_is_kept_until_another_is_given(self, client: Client) -> None:
        client.begin(planned_end="2999-01-01T01:00:00+01:00")
        kept = client.begin()
        assert not kept.changed and kept.values["campaigns"][0]["planned_end"] == "2999-01-01T00:00:00Z"
        moved = client.begin(planned_end="2999-02-01T00:00:00Z")
        assert moved.changed
        assert (moved.before or {})["campaigns"] == {"spring": "2999-01-01T00:00:00Z"}
        assert (moved.after or {})["campaigns"] == {"spring": "2999-02-01T00:00:00Z"}

    def test_since_is_now(self, client: Client) -> None:
        since = client.begin().values["campaigns"][0]["since"]
        begun = datetime.datetime.fromisoformat(since.replace("Z", "+00:00"))
        assert abs((datetime.datetime.now(datetime.timezone.utc) - begun).total_seconds()) < 60


class TestProof:
    """Off has to be known to be in effect; a needless restart is cheap, lost rows are not."""

    def pending(self, outcome: Outcome) -> tuple[Any, Any]:
        assert outcome.values["restart_required"] is bool(outcome.values["restart_settings"])
        return outcome.values["restart_settings"], outcome.values["restart_reason"]

    def test_switched_off_by_others_without_a_restart(self, client: Client) -> None:
        client.collects = False
        outcome = client.begin()
        assert self.pending(outcome) == ([SWITCH], "not_confirmed")
        assert client.one.wrote() == []
        assert client.one.state().restart.reason == "not_confirmed"
        assert "a restart of the Coreapp is pending" in outcome.values["message"]

    def test_confirmed_off_and_off_before(self, client: Client) -> None:
        client.collects = False
        client.one.restarted()
        outcome = client.begin()
        assert self.pending(outcome) == ([], None)
        assert client.one.wrote() == []

    def test_a_lost_ledger(self, client: Client) -> None:
        client.collects = False
        client.one.restarted()
        Path(client.one.ledger).unlink()
        assert self.pending(client.begin()) == ([SWITCH], "not_confirmed")

    def test_a_ledger_of_another_client(self, client: Client) -> None:
        client.collects = False
        client.one.restarted()
        client.one.note(lambda state: replace(state, client="https://other.example"))
        assert self.pending(client.begin()) == ([SWITCH], "not_confirmed")

    def test_changed_there_and_back_and_seen(self, client: Client) -> None:
        client.collects = False
        client.one.restarted()
        client.collects = True
        client.end("none", missing="ok", after="previous")  # any read
        client.collects = False
        assert self.pending(client.begin()) == ([SWITCH], "not_confirmed")

    def test_a_campaign_that_is_active_already_is_proven_as_well(self, client: Client) -> None:
        client.begin()
        client.one.note(lambda state: replace(state, restart=None))
        assert self.pending(client.begin()) == ([SWITCH], "not_confirmed")

    def test_a_pending_restart_is_proof_enough_to_come(self, client: Client) -> None:
        client.begin()
        first = client.one.state().restart
        assert self.pending(client.begin("summer")) == ([SWITCH], "changed")
        assert client.one.state().restart == first

    def test_an_end_needs_none(self, client: Client) -> None:
        client.begin()
        client.one.note(lambda state: replace(state, restart=None, in_effect=None))
        assert self.pending(client.end(after="off")) == ([], None)


class TestPrepared:
    """Until the nodes are found, nothing is written and no campaign is recorded."""

    @pytest.mark.parametrize("stored", [True, False])
    def test_nothing_is_written_or_recorded(self, client: Client, stored: bool) -> None:
        client.collects = stored
        outcome = client.begin(write="unless_restart")
        assert (outcome.values["prepared"], outcome.changed, outcome.values["restart_required"]) == (True, False, True)
        assert outcome.values["restart_settings"] == [SWITCH]
        assert outcome.values["restart_reason"] == ("changed" if stored else "not_confirmed")
        assert names(outcome) == ["spring"]  # as it will be
        state = client.one.state()
        assert (state.campaigns, state.hold, state.restart, state.intention) == ({}, None, None, None)
        assert (client.collects, client.one.wrote(), client.one.warnings) == (stored, [], [])

    def test_an_end_is_not_recorded_either(self, client: Client) -> None:
        client.begin()
        client.one.restarted()
        before = client.one.state()
        outcome = client.end(write="unless_restart")
        assert (outcome.values["prepared"], outcome.values["ended"]) == (True, ["spring"])
        assert client.one.state() == before

    def test_without_a_restart_it_is_done_at_once(self, client: Client) -> None:
        client.collects = False
        client.one.restarted()
        outcome = client.begin(write="unless_restart")
        assert (outcome.values["prepared"], list(client.one.state().campaigns)) == (False, ["spring"])

    def test_the_run_that_writes_says_the_same(self, client: Client) -> None:
        prepared = client.begin(write="unless_restart")
        written = client.begin()
        differing = {name for name, value in written.values.items() if prepared.values[name] != value}
        assert differing <= {"prepared", "campaigns"}  # the moment of the beginning
        assert names(prepared) == names(written)


class TestEnd:
    @pytest.mark.parametrize("order", list(permutations(["a", "b", "c"])))
    def test_only_the_last_one_decides(self, client: Client, order: tuple[str, ...]) -> None:
        for name in ("a", "b", "c"):
            client.begin(name)
        for name, after in zip(order[:-1], ("off", "on"), strict=True):
            outcome = client.end(name, after=after)
            assert outcome.values["active"] and outcome.values["ended"] == [name] and not client.collects
        last = client.end(order[-1], after="on")
        assert not last.values["active"] and client.collects

    @pytest.mark.parametrize("before", [True, False])
    def test_previous_is_what_was_before_the_first(self, client: Client, before: bool) -> None:
        client.collects = before
        client.begin()
        client.begin("summer")
        client.end(after="on")
        client.end("summer", after="previous")
        assert client.collects is before
        assert (client.one.state().hold, client.one.state().release) == (None, None)

    def test_overdue_ends_what_is_past_its_planned_end(self, client: Client) -> None:
        past = Campaign("2000-01-01T00:00:00Z", "2001-01-01T00:00:00Z")
        client.begin("future", planned_end="2999-01-01T00:00:00Z")
        client.one.note(lambda state: replace(state, campaigns={**state.campaigns, "past": past}))
        shown = client.begin("open")
        assert [one["overdue"] for one in shown.values["campaigns"]] == [False, False, True]
        swept = client.run(state="absent", overdue=True)
        assert swept.values["ended"] == ["past"] and names(swept) == ["future", "open"] and not client.collects
        assert not client.run(state="absent", overdue=True).changed

    def test_an_end_that_failed_is_repeated(self, client: Client) -> None:
        client.begin()
        client.one.restarted()
        patch, client.one.client.patch.side_effect = client.one.client.patch.side_effect, CallError("no", status=503)
        with pytest.raises(CallError):
            client.end(after="on")
        client.one.client.patch.side_effect = patch
        outcome = client.end(after="on")
        assert outcome.changed and client.collects
        assert client.one.state().release is None

    def test_as_long_as_its_restart_is_pending(self, client: Client) -> None:
        client.begin()
        client.end()
        outcome = client.end()
        assert (outcome.changed, outcome.values["restart_settings"]) == (False, [SWITCH])

    @pytest.mark.parametrize(("after", "collects"), [("on", True), ("off", False), ("previous", False)])
    def test_an_end_where_none_is_active_repairs_what_disagrees(
        self, client: Client, after: str, collects: bool
    ) -> None:
        client.collects = False
        assert client.end("gone", after=after, missing="ok").changed is collects
        assert client.collects is collects


class TestUnknownName:
    @pytest.mark.parametrize("check", [True, False])
    def test_it_fails_before_anything_is_sent(self, client: Client, check: bool) -> None:
        client.begin("spring-sale")
        client.one.connected.clear()
        with pytest.raises(InputError, match=r'no campaign "spring-sail" to end \(active: spring-sale\)') as caught:
            client.end("spring-sail", check=check)
        assert "Did you mean spring-sale?" in caught.value.advice and "missing: ok" in caught.value.advice
        assert client.one.connected == []
        assert list(client.one.state().campaigns) == ["spring-sale"]

    def test_where_no_campaign_is_active(self, client: Client) -> None:
        with pytest.raises(InputError, match="no campaign is active"):
            client.end("spring")

    def test_missing_ok_allows_it(self, client: Client) -> None:
        client.begin("spring-sale")
        outcome = client.end("spring", missing="ok")
        assert (outcome.values["ended"], outcome.changed, client.collects) == ([], False, False)

    def test_a_name_of_others_is_made_harmless(self, client: Client) -> None:
        client.one.note(lambda state: campaigns.begin(state, "spr\x1b[2King\n" + "x" * 900, None))
        with pytest.raises(InputError) as caught:
            client.end("spring")
        assert str(caught.value).isprintable() and len(str(caught.value)) < 400


class TestInput:
    @pytest.mark.parametrize(
        ("given", "message"),
        [
            ({"name": " "}, "printable"),
            ({"name": "a\nb"}, "printable"),
            ({"name": "a" * 201}, "printable"),
            ({"name": "a\u202eb"}, "printable"),
            ({"name": "a\udcff"}, "printable"),
            ({"name": "a", "planned_end": "tomorrow"}, "planned_end must be a timestamp with a UTC offset"),
            ({"name": "a", "planned_end": "2026-12-24T18:00:00"}, "planned_end must be a timestamp with a UTC offset"),
            ({"name": "a", "planned_end": "2001-01-01T01:00:00+01:00"}, "would have ended at 2001-01-01T00:00:00Z"),
            ({"state": "absent", "overdue": False}, "nothing to end"),
            ({"state": "absent", "name": "a", "planned_end": "2999-01-01T00:00:00Z"}, "belongs to state: present"),
        ],
    )
    @pytest.mark.parametrize("check", [True, False])
    def test_what_cannot_be_is_refused_before_anything_is_sent(
        self, bench: Callable[..., Any], given: dict[str, Any], message: str, check: bool
    ) -> None:
        one = bench(garbagecollector_enable={"messages": True})
        with pytest.raises(InputError, match=message):
            Client(one).run(check=check, **given)
        assert one.connected == []
        assert not Path(one.ledger).exists()

    def test_a_planned_end_that_has_passed_since_does_not_keep_a_campaign_from_ending(self, client: Client) -> None:
        past = Campaign("2000-01-01T00:00:00Z", "2001-01-01T00:00:00Z")
        client.one.note(lambda state: replace(state, campaigns={"past": past}))
        assert client.end("past").values["ended"] == ["past"]


class TestNothingIsRecordedForAClientThatCannotBeReached:
    @pytest.mark.parametrize("error", [CallError("no", status=401), CallError("refused"), InputError("no password")])
    def test_at_the_first_call(self, client: Client, error: Any) -> None:
        before = client.one.state()
        client.one.client.get.side_effect = error
        with pytest.raises(type(error)):
            client.begin()
        assert client.one.state() == before

    def test_when_connecting(self, bench: Callable[..., Any]) -> None:
        one = bench()
        one._connect = Mock(side_effect=InputError("neither token nor password is given"))
        with pytest.raises(InputError):
            Client(one).begin()
        assert not Path(one.ledger).exists()

    def test_a_ledger_that_cannot_be_written_stops_before_the_patch(
        self, client: Client, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        def full(descriptor: int) -> None:
            raise OSError(28, "full")

        monkeypatch.setattr("os.fsync", full)
        with pytest.raises(LedgerError):
            client.begin()
        assert client.one.wrote() == []


CASES: list[tuple[str, Callable[[Client], Any], dict[str, Any]]] = [
    ("begin", lambda client: None, {"name": "spring"}),
    ("begin, prepared", lambda client: None, {"name": "spring", "write": "unless_restart"}),
    ("begin again", lambda client: client.begin(), {"name": "spring"}),
    ("begin, off and not confirmed", lambda client: setattr(client, "collects", False), {"name": "spring"}),
    (
        "begin beside another",
        lambda client: client.begin("a"),
        {"name": "spring", "planned_end": "2999-01-01T00:00:00Z"},
    ),
    ("end", lambda client: client.begin(), {"name": "spring", "state": "absent"}),
    ("end, off", lambda client: client.begin(), {"name": "spring", "state": "absent", "after": "off"}),
    ("end, previous", lambda client: client.begin(), {"name": "spring", "state": "absent", "after": "previous"}),
    ("end, prepared", lambda client: client.begin(), {"name": "spring", "state": "absent", "write": "unless_restart"}),
    ("end of none", lambda client: None, {"name": "spring", "state": "absent", "missing": "ok"}),
    ("sweep", lambda client: client.begin(), {"overdue": True, "state": "absent"}),
    (
        "begin on another client",
        lambda client: client.one.note(lambda state: replace(state, client="https://other.example")),
        {"name": "spring"},
    ),
    (
        "begin after a crash",
        lambda client: client.one.note(lambda state: restart.intend(state, {SWITCH: True}, {SWITCH: False}, str)),
        {"name": "spring"},
    ),
]


@pytest.mark.parametrize(("before", "given"), [case[1:] for case in CASES], ids=[case[0] for case in CASES])
def test_check_mode_predicts_exactly_and_writes_nothing(
    client: Client, monkeypatch: pytest.MonkeyPatch, before: Callable[[Client], Any], given: dict[str, Any]
) -> None:
    moment = "2026-11-01T00:00:00Z"
    monkeypatch.setattr(
        "ansible_collections.wabiz.onprem.plugins.module_utils._common.moments.now_text", lambda: moment
    )
    before(client)
    stored, shown = Path(client.one.ledger).read_bytes(), client.one.shown["garbagecollector_enable"]["messages"]
    writes = len(client.one.wrote())
    client.one.connected.clear()
    predicted = client.run(check=True, **given)
    warnings = list(client.one.warnings)
    assert client.one.connected == [True]
    assert (Path(client.one.ledger).read_bytes(), client.collects) == (stored, shown)
    assert len(client.one.wrote()) == writes
    done = client.run(**given)
    assert "(check mode)" in predicted.values["message"]
    same = {**predicted.values, "message": predicted.values["message"].replace(" (check mode)", "")}
    assert replace(predicted, values=same) == done
    assert client.one.warnings == warnings
