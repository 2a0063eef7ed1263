# SPDX-FileCopyrightText: 2026 wabiz.onprem contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""What is known to be in effect: confirmed by a rolling restart, doubtful as soon as there is a reason."""

from __future__ import annotations

from typing import Any

import pytest

from ansible_collections.wabiz.onprem.plugins.module_utils._common import moments
from ansible_collections.wabiz.onprem.plugins.module_utils._ledger import in_effect, restart, rolling
from ansible_collections.wabiz.onprem.plugins.module_utils._ledger.state import Node, State

SHOWN = {"collect": False, "level": "info", "requests": 6}
NODE = Node("coreapp", "h", "", 1, True, True, "1", False)


def confirmed(**values: Any) -> State:
    """All nodes were restarted, and these values were shown before and after."""
    shown = {**SHOWN, **values}
    return in_effect.confirm(State(), shown, shown, {"n": "1"})


def reason(state: State, name: str) -> str:
    return in_effect.of(state, name).doubt


class TestConfirm:
    def test_what_was_shown_alike_before_and_after(self) -> None:
        state = confirmed()
        effect = in_effect.of(state, "collect")
        assert (effect.value, effect.doubt) == (False, "")
        assert moments.parse(effect.confirmed_at) is not None
        assert effect.as_values() == {
            "confirmed": True,
            "value": False,
            "confirmed_at": effect.confirmed_at,
            "reason": None,
        }
        assert state.in_effect is not None and state.in_effect.starts == {"n": "1"}

    @pytest.mark.parametrize("before", [{"collect": True}, {"collect": 0}, {}, None])
    def test_what_was_not_is_doubtful(self, before: dict[str, Any] | None) -> None:
        state = in_effect.confirm(State(), before, {"collect": False}, {})
        assert reason(state, "collect") == "mixed"
        assert not in_effect.is_confirmed(state, "collect", False)

    def test_it_settles_every_doubt(self) -> None:
        state = in_effect.doubt(State(), ["collect"], "changed_by_others")
        assert reason(in_effect.confirm(state, SHOWN, SHOWN, {}), "collect") == ""

    def test_a_setting_that_is_not_shown_after_is_not_known(self) -> None:
        state = in_effect.confirm(confirmed(), SHOWN, {"level": "info"}, {})
        assert reason(state, "collect") == "never_confirmed"

    @pytest.mark.parametrize(("value", "known"), [(6, True), (6.0, False), (True, False), ("6", False), (12, False)])
    def test_only_just_this_value_is_confirmed(self, value: Any, known: bool) -> None:
        assert in_effect.is_confirmed(confirmed(), "requests", value) is known


class TestSee:
    def test_the_first_read_knows_nothing(self) -> None:
        state = in_effect.see(State(), SHOWN)
        assert {reason(state, name) for name in SHOWN} == {"never_confirmed"}
        assert state.seen == SHOWN

    def test_the_same_again_is_no_news(self) -> None:
        state = confirmed()
        assert in_effect.see(state, SHOWN) == state

    @pytest.mark.parametrize(
        "shown", [{**SHOWN, "requests": 12}, {**SHOWN, "requests": True}, {"collect": False, "level": "info"}]
    )
    def test_a_change_by_others_is_doubtful_until_it_is_confirmed(self, shown: dict[str, Any]) -> None:
        state = in_effect.see(confirmed(), shown)
        assert reason(state, "requests") == "changed_by_others"
        assert reason(state, "collect") == ""
        state = in_effect.see(state, SHOWN)  # and back again
        assert reason(state, "requests") == "changed_by_others"
        assert reason(in_effect.confirm(state, SHOWN, SHOWN, {}), "requests") == ""

    def test_a_doubt_keeps_its_first_reason_and_moment(self) -> None:
        state = in_effect.see(State(), SHOWN)
        assert in_effect.see(state, {**SHOWN, "level": "fatal"}).doubts == state.doubts

    def test_a_setting_that_appears_is_not_known(self) -> None:
        assert reason(in_effect.see(confirmed(), {**SHOWN, "new": 1}), "new") == "never_confirmed"

    def test_a_change_there_and_back_during_a_roll_is_not_confirmed_if_it_was_seen(self) -> None:
        state = restart.mark_pending(confirmed(), ["level"])
        state = rolling.observe(rolling.start(state), {"n": NODE}, 1)[0]
        state = rolling.keep_values(state, SHOWN)
        state = in_effect.see(state, {**SHOWN, "collect": True})
        state = in_effect.see(state, SHOWN)
        assert state.roll is not None
        state = in_effect.confirm(state, state.roll.values, SHOWN, {"n": "2"})
        assert reason(state, "collect") == "mixed"
        assert reason(state, "level") == ""


class TestWrote:
    def test_a_write_of_ours_is_not_a_change_by_others(self) -> None:
        state = in_effect.wrote(confirmed(), {"level": "fatal"})
        state = in_effect.see(state, {**SHOWN, "level": "fatal"})
        assert reason(state, "level") == ""

    def test_what_others_changed_at_the_same_time_is(self) -> None:
        state = in_effect.wrote(confirmed(), {"level": "fatal"})
        state = in_effect.see(state, {**SHOWN, "level": "fatal", "requests": 12})
        assert reason(state, "requests") == "changed_by_others"

    def test_what_the_client_did_not_keep_is(self) -> None:
        state = in_effect.wrote(confirmed(), {"level": "fatal"})
        assert reason(in_effect.see(state, SHOWN), "level") == "changed_by_others"


class TestRoll:
    def roll(self, state: State, *names: str, **values: Any) -> State:
        state = rolling.start(restart.mark_pending(state, names))
        return in_effect.doubt_until_done(rolling.keep_values(state, {**SHOWN, **values}))

    def test_the_settings_of_the_restart_are_doubtful_while_it_lasts(self) -> None:
        assert reason(self.roll(confirmed(), "level"), "level") == "mixed"

    def test_so_is_what_the_nodes_will_start_with_and_do_not_have_now(self) -> None:
        state = self.roll(confirmed(), "level", requests=12)
        assert reason(state, "requests") == "mixed"
        assert reason(state, "collect") == ""

    @pytest.mark.parametrize("state", [confirmed(), restart.mark_pending(confirmed(), ["level"])])
    def test_not_before_a_roll_begins(self, state: State) -> None:
        assert in_effect.doubt_until_done(state) == state


class TestCompareStarts:
    @pytest.mark.parametrize(
        ("starts", "differing"),
        [({"n": "1"}, []), ({"n": "2"}, ["n"]), ({"n": "1", "o": "1"}, ["o"]), ({}, []), ({"n": ""}, ["n"])],
    )
    def test_nodes_that_have_started_since(self, starts: dict[str, str], differing: list[str]) -> None:
        assert in_effect.compare_starts(confirmed(), starts) == differing

    def test_nothing_is_compared_without_a_record(self) -> None:
        assert in_effect.compare_starts(State(), {"n": "1"}) == []


def test_another_client_s_record_is_forgotten() -> None:
    state = in_effect.forget(confirmed())
    assert reason(in_effect.see(state, SHOWN), "collect") == "never_confirmed"


class TestCheckStarts:
    def checked(self, starts: Any, state: State | None = None) -> Any:
        state, restarted = in_effect.check_starts(state or confirmed(), starts)
        return reason(state, "collect"), restarted

    @pytest.mark.parametrize(
        ("starts", "expected"),
        [
            ({"n": "1"}, ("", [])),
            ({"n": "2"}, ("node_restarted", ["n"])),
            ({"n": ""}, ("node_restarted", ["n"])),
            (None, ("not_checked", [])),
        ],
    )
    def test_what_it_concludes(self, starts: Any, expected: Any) -> None:
        assert self.checked(starts) == expected

    def test_a_roll_under_way_is_no_restart_by_others(self) -> None:
        nodes = {"n": Node("coreapp", "h", "", 1, True, True, "1", False)}
        state = rolling.start(restart.mark_pending(confirmed(), ["level"]))
        state = rolling.observe(state, nodes, 1)[0]
        assert self.checked({"n": "2"}, state) == ("rolling", ["n"])

    def test_an_earlier_doubt_keeps_its_reason(self) -> None:
        assert self.checked({"n": "2"}, in_effect.doubt(confirmed(), ["collect"], "mixed"))[0] == "mixed"


def test_each_reason_has_words() -> None:
    for name in in_effect.REASONS:
        state = in_effect.doubt(State(), ["a"], name)
        assert in_effect.of(state, "a").as_values()["reason"] == in_effect.REASONS[name]
