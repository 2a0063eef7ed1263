# SPDX-FileCopyrightText: 2026 wabiz.onprem contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""The operation application_settings: what is known to be in effect, and writing nothing where a restart is needed."""

from __future__ import annotations

import json
import os
from dataclasses import replace
from pathlib import Path
from typing import Any, Callable

import pytest

from ansible_collections.wabiz.onprem.plugins.module_utils._common.errors import CallError, InputError
from ansible_collections.wabiz.onprem.plugins.module_utils._ledger import in_effect, lease, lease_owner, rolling
from ansible_collections.wabiz.onprem.plugins.module_utils._ledger.state import Node, State
from ansible_collections.wabiz.onprem.plugins.module_utils._operations import application_settings as operation

Make = Callable[..., Any]
OWNER = lease_owner.owner_of(os.getpid(), "wa-berlin")
NODE = Node("coreapp", "h", "", 1, True, True, "1", False)
SHOWN = {"callback_persist": True, "log_level": "info", "heartbeat_interval": 5}


def effect(outcome: Any, name: str) -> tuple[Any, Any]:
    known = outcome.values["in_effect"][name]
    assert known["confirmed"] is (known["reason"] is None) is (known["confirmed_at"] is not None)
    return known["value"], known["reason"]


class TestInEffect:
    def test_an_adopted_client_is_doubted_once_and_not_restarted_for_it(self, bench: Make) -> None:
        one = bench(**SHOWN)
        outcome = one.run(operation, ledger=True)
        assert effect(outcome, "log_level") == (None, "no rolling restart of this collection has confirmed it")
        assert (outcome.changed, outcome.values["restart_required"], one.wrote()) == (False, False, [])
        (warning,) = one.warnings
        assert "callback_persist, log_level are in effect" in warning and "coreapp_force=true" in warning
        again = one.run(operation, ledger=True)
        assert again.values["in_effect"] == outcome.values["in_effect"]
        assert one.warnings == []

    def test_after_a_rolling_restart_it_is_confirmed(self, bench: Make) -> None:
        one = bench(**SHOWN)
        one.restarted()
        assert effect(one.run(operation, ledger=True), "callback_persist") == (True, None)
        assert one.warnings == []

    def test_a_change_by_others_is_doubted_once(self, bench: Make) -> None:
        one = bench(**SHOWN)
        one.restarted()
        one.shown["log_level"] = "fatal"
        outcome = one.run(operation, ledger=True)
        assert effect(outcome, "log_level") == (None, "it was changed outside of this collection")
        assert effect(outcome, "callback_persist") == (True, None)
        assert len(one.warnings) == 1
        one.shown["log_level"] = "info"
        assert effect(one.run(operation, ledger=True), "log_level")[1] == "it was changed outside of this collection"
        assert one.warnings == []

    def test_a_change_of_ours_is_not_doubted(self, bench: Make) -> None:
        one = bench(**SHOWN)
        one.restarted()
        one.run(operation, ledger=True, log_level="fatal")
        outcome = one.run(operation, ledger=True)
        assert outcome.values["restart_settings"] == ["log_level"]
        assert effect(outcome, "log_level") == ("info", None)  # until the restart
        assert one.warnings == []

    def test_so_is_one_of_which_the_outcome_was_unknown(self, bench: Make) -> None:
        one = bench(**SHOWN)
        one.restarted()

        def lose(path: str, body: Any, doing: str) -> None:
            one.shown.update(body)
            raise CallError("cut", outcome_unknown=True)

        one.client.patch.side_effect = lose
        with pytest.raises(CallError):
            one.run(operation, ledger=True, log_level="fatal")
        outcome = one.run(operation, ledger=True)
        assert outcome.values["restart_settings"] == ["log_level"]
        assert effect(outcome, "log_level") == ("info", None)

    def test_and_one_that_could_not_be_verified(self, bench: Make) -> None:
        one = bench(**SHOWN)
        one.restarted()
        get = one.client.get.side_effect
        one.client.get.side_effect = [get("/v1/settings/application", ""), CallError("gone")]
        with pytest.raises(CallError):
            one.run(operation, ledger=True, log_level="fatal")
        one.client.get.side_effect = get
        assert effect(one.run(operation, ledger=True), "log_level") == ("info", None)

    def test_what_others_change_while_we_write_is_doubted(self, bench: Make) -> None:
        one = bench(**SHOWN)
        one.restarted()
        patch = one.client.patch.side_effect

        def both(path: str, body: Any, doing: str) -> Any:
            one.shown["callback_persist"] = False
            return patch(path, body, doing)

        one.client.patch.side_effect = both
        outcome = one.run(operation, ledger=True, log_level="fatal")
        assert effect(outcome, "callback_persist") == (None, "it was changed outside of this collection")
        assert effect(outcome, "log_level") == ("info", None)

    def test_a_third_value_in_the_place_of_ours_is_doubted(self, bench: Make) -> None:
        one = bench(webhooks={"max_concurrent_requests": 6})
        one.restarted()
        one.client.patch.side_effect = lambda *dummy: one.shown.update(webhooks={"max_concurrent_requests": 18})
        with pytest.raises(CallError, match="did not keep"):
            one.run(operation, ledger=True, webhooks={"max_concurrent_requests": 12})
        outcome = one.run(operation, ledger=True)
        assert effect(outcome, "webhooks.max_concurrent_requests")[1] == "it was changed outside of this collection"

    def test_a_value_that_was_not_kept_is_still_confirmed(self, bench: Make) -> None:
        one = bench(**SHOWN)
        one.restarted()
        one.client.patch.side_effect = None
        with pytest.raises(CallError, match="did not keep"):
            one.run(operation, ledger=True, log_level="fatal")
        assert effect(one.run(operation, ledger=True), "log_level") == ("info", None)

    def test_a_reset_of_ours_is_not_doubted(self, bench: Make) -> None:
        one = bench(**SHOWN)
        one.restarted()
        one.after_delete = {**SHOWN, "log_level": "warning"}
        outcome = one.run(operation, ledger=True, state="default")
        assert outcome.values["restart_settings"] == ["log_level"]
        assert effect(outcome, "log_level") == ("info", None)

    def test_the_record_of_another_client_proves_nothing(self, bench: Make) -> None:
        one = bench(**SHOWN)
        one.restarted()
        one.note(lambda state: replace(state, client="https://other.example"))
        outcome = one.run(operation, ledger=True)
        assert effect(outcome, "log_level") == (None, "no rolling restart of this collection has confirmed it")

    def test_a_lost_ledger_proves_nothing(self, bench: Make) -> None:
        one = bench(**SHOWN)
        one.restarted()
        Path(one.ledger).unlink()
        assert effect(one.run(operation, ledger=True), "log_level")[0] is None

    @pytest.mark.parametrize("value", [None, 5.5, {}, ["info"], "loud", "x" * 5000])
    def test_a_value_that_cannot_be_is_not_recorded(self, bench: Make, value: Any) -> None:
        one = bench(**{**SHOWN, "log_level": value})
        one.run(operation, ledger=True)
        assert "log_level" not in one.state().seen
        one.restarted()
        assert effect(one.run(operation, ledger=True), "log_level")[0] is None

    def test_without_a_ledger_nothing_is_said_of_it(self, bench: Make) -> None:
        one = bench(**SHOWN)
        assert one.run(operation).values["in_effect"] is None
        assert one.warnings == []


def prepare(state: State) -> State:
    """As the first two steps of a rolling restart: the lease, and the nodes."""
    state = rolling.observe(rolling.start(state), {"n": NODE}, 1)[0]
    taken = lease.take(state, OWNER, 600, 1000.0)
    assert taken is not None
    return taken


class TestUnlessRestart:
    def test_nothing_is_written_where_a_restart_is_needed(self, bench: Make) -> None:
        one = bench(**SHOWN)
        outcome = one.run(operation, ledger=True, write="unless_restart", log_level="fatal", heartbeat_interval=9)
        assert (one.wrote(), one.client.get.call_count) == ([], 1)
        values = outcome.values
        assert (values["prepared"], outcome.changed, values["restart_required"]) == (True, False, True)
        assert (values["restart_settings"], values["restart_reason"]) == (["log_level"], "changed")
        assert values["changed_settings"] == ["heartbeat_interval", "log_level"]
        assert one.shown == SHOWN
        assert (one.state().restart, one.state().intention) == (None, None)
        assert one.warnings == []  # the restart that is to follow settles every doubt

    @pytest.mark.parametrize("given", [{"heartbeat_interval": 9}, {}])
    def test_without_a_restart_it_writes_at_once(self, bench: Make, given: dict[str, Any]) -> None:
        one = bench(**SHOWN)
        outcome = one.run(operation, ledger=True, write="unless_restart", **given)
        assert (outcome.values["prepared"], outcome.changed) == (False, bool(given))
        assert one.shown == {**SHOWN, **given}

    def test_check_mode_predicts_it(self, bench: Make) -> None:
        one = bench(**SHOWN)
        given = {"write": "unless_restart", "log_level": "fatal"}
        predicted = one.run(operation, check=True, ledger=True, **given)
        assert not Path(one.ledger).exists()
        assert predicted == one.run(operation, ledger=True, **given)

    @pytest.mark.parametrize("known", [True, False])
    def test_a_reset_that_may_need_a_restart_is_not_written(self, bench: Make, known: bool) -> None:
        one = bench(**SHOWN)
        one.after_delete = dict(SHOWN)
        if known:
            one.run(operation, ledger=True, state="default")
        one.client.delete.reset_mock()
        one.shown["log_level"] = "fatal"
        given = {"write": "unless_restart", "state": "default"}
        predicted = one.run(operation, check=True, ledger=True, **given)
        outcome = one.run(operation, ledger=True, **given)
        one.client.delete.assert_not_called()
        assert (outcome.values["prepared"], outcome.values["restart_reason"]) == (True, "changed")
        assert outcome.values["restart_settings"] == ["log_level"]
        assert predicted == outcome
        assert one.state().restart is None

    def test_a_reset_without_a_restart_is(self, bench: Make) -> None:
        one = bench(**SHOWN)
        one.after_delete = dict(SHOWN)
        one.run(operation, ledger=True, state="default")
        one.shown["heartbeat_interval"] = 9
        assert not one.run(operation, ledger=True, state="default", write="unless_restart").values["prepared"]
        assert one.shown == SHOWN

    def test_the_write_that_follows_goes_on_with_the_prepared_roll(self, bench: Make) -> None:
        one = bench(**SHOWN)
        one.run(operation, ledger=True, write="unless_restart", log_level="fatal")
        one.note(prepare)
        identity = rolling.roll_id(one.state())
        one.run(operation, ledger=True, log_level="fatal", owner=vars(OWNER))
        roll = one.state().roll
        assert (roll.id, roll.prepared, list(roll.nodes)) == (identity, False, ["n"])
        assert roll.values == {"callback_persist": True, "log_level": "fatal"}
        assert in_effect.of(one.state(), "log_level").doubt == "never_confirmed"

    def test_the_write_of_another_run_does_not(self, bench: Make) -> None:
        one = bench(**SHOWN)
        one.note(prepare)
        one.run(operation, ledger=True, log_level="fatal", owner=vars(replace(OWNER, inventory_host="wa-paris")))
        assert one.state().roll.nodes == {}

    @pytest.mark.parametrize("error", [CallError("no", status=400), CallError("cut", outcome_unknown=True)])
    def test_a_write_that_fails_returns_the_lease(self, bench: Make, error: CallError) -> None:
        one = bench(**SHOWN)
        one.note(prepare)
        one.client.patch.side_effect = error
        with pytest.raises(CallError):
            one.run(operation, ledger=True, log_level="fatal", owner=vars(OWNER))
        assert (one.state().lease, one.state().roll) == (None, None)

    def test_a_ledger_that_cannot_be_written_does_not_hide_the_failure(
        self, bench: Make, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        one = bench(**SHOWN)
        one.note(prepare)

        def full(descriptor: int) -> None:
            raise OSError(28, "full")

        def refuse(*dummy: Any) -> None:
            monkeypatch.setattr("os.fsync", full)
            raise CallError("cut", outcome_unknown=True)

        one.client.patch.side_effect = refuse
        with pytest.raises(CallError, match="cut"):
            one.run(operation, ledger=True, log_level="fatal", owner=vars(OWNER))


class TestSizes:
    """Whatever a client shows: the ledger that is written can be read again."""

    @pytest.mark.parametrize(
        ("extra", "kept"),
        [
            ({f"key{number}": number for number in range(20_000)}, False),
            ({"x" * 190 + str(number): number for number in range(1_999)}, False),
            # names that no setting can have are left out
            ({"\U0001f600" * 199 + str(number): number for number in range(1_999)}, True),
            ({"x" * 5000: 1}, True),
        ],
        ids=["many", "long", "wide", "endless"],
    )
    def test_a_reset_of_a_client_with_absurd_settings(self, bench: Make, extra: dict[str, Any], kept: bool) -> None:
        one = bench(**{**SHOWN, "callback_persist": False}, **extra)
        one.after_delete = {**SHOWN, **extra}
        outcome = one.run(operation, ledger=True, state="default")
        assert outcome.values["restart_settings"] == ["callback_persist"]
        assert (one.state().at_default is not None) == kept, "without it, it is reset each time"

    def test_a_setting_of_an_absurd_name_is_refused_before_anything_is_sent(self, bench: Make) -> None:
        one = bench(**SHOWN)
        with pytest.raises(InputError, match="is not one that a setting can have"):
            one.run(operation, ledger=True, extra_settings={"x" * 2000: 1})
        assert one.wrote() == []

    def test_a_lost_answer_leaves_no_text_of_the_client_in_the_ledger(self, bench: Make) -> None:
        one = bench(**SHOWN, webhooks={"url": "https://h.example/planted", "max_concurrent_requests": 6})
        one.client.patch.side_effect = CallError("cut", outcome_unknown=True)
        with pytest.raises(CallError):
            one.run(operation, ledger=True, callback_persist=False, extra_settings={"pager": "seeded-secret"})
        text = Path(one.ledger).read_text()
        assert "planted" not in text and "seeded" not in text
        assert set(json.loads(text)["intention"]["after"]) == {"callback_persist"}
