# Copyright (c) 2026, wabiz.onprem contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-FileCopyrightText: 2026 wabiz.onprem contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Steps of a restart: what is owed, the baseline, the order, and that nothing is written in check mode."""

from __future__ import annotations

import json
import os
from typing import Any

import pytest
from restart_book import FAR_AWAY, HEALTH, NODES, Book, node

from ansible_collections.wabiz.onprem.plugins.module_utils._common.errors import OnPremError
from ansible_collections.wabiz.onprem.plugins.module_utils._ledger.file import Ledger


@pytest.fixture
def book(tmp_path: Any) -> Book:
    return Book(str(tmp_path / "client.json"))


class TestRead:
    def test_nothing_owed(self, book: Book) -> None:
        answer = book.step("read")
        assert (answer["owed"], answer["id"], answer["remaining"], answer["lease"]) == (False, None, [], None)
        assert not os.path.exists(book.path)

    def test_owed(self, book: Book) -> None:
        identity = book.owe("log_level", "callback_persist")
        answer = book.step("read")
        assert answer["owed"] and answer["id"] == identity and not answer["predicted"]
        assert answer["settings"] == ["callback_persist", "log_level"]

    def test_predicted_only_in_check_mode(self, book: Book) -> None:
        assert not book.step("read", predicted_settings=["log_level"])["owed"]
        answer = book.step("read", check=True, predicted_settings=["log_level"])
        assert answer["owed"] and answer["settings"] == ["log_level"] and answer["predicted"]
        assert not os.path.exists(book.path)


class TestRoll:
    def test_order_follows_the_roles_of_now(self, book: Book) -> None:
        identity = book.owe()
        answer = book.step("begin", nodes=NODES, health=HEALTH)
        assert answer["remaining"] == ["w1", "m2", "m1"]
        failed_over = [dict(HEALTH[0], role="secondary_master"), dict(HEALTH[1], role="primary_master"), HEALTH[2]]
        book.step("advance", id=identity, node="w1", started="2")
        assert book.step("next", id=identity, health=failed_over)["next_node"] == "m1"

    def test_health_key_wins_over_the_name(self, book: Book) -> None:
        book.owe()
        nodes = [node("first", "master", health_key="m1:a"), node("second", "master", health_key="m2:b")]
        assert book.step("begin", nodes=nodes, health=HEALTH)["remaining"] == ["second", "first"]

    def test_roles_given_count_where_none_is_reported(self, book: Book) -> None:
        book.owe()
        answer = book.step("begin", nodes=[node("a", "master"), node("b")])
        assert answer["remaining"] == ["b", "a"]

    def test_a_node_that_is_down_comes_first_and_is_not_waited_for(self, book: Book) -> None:
        identity = book.owe()
        nodes = [*NODES[:2], node("w1"), node("w2", running=False)]
        answer = book.step("begin", nodes=nodes, health=HEALTH, connected=3)
        assert answer["remaining"][0] == "w2"
        assert answer["expect_connected"] == 2
        assert book.step("advance", id=identity, node="w2", started="2")["expect_connected"] == 3

    def test_a_workload_counts_with_all_its_replicas(self, book: Book) -> None:
        book.owe()
        nodes = [*NODES[:2], node("statefulset/wacore", size=4)]
        assert book.step("begin", nodes=nodes, health=HEALTH, connected=5)["expect_connected"] == 5
        assert book.step("begin", nodes=[*NODES[:2], node("statefulset/wacore", size=2)])["expect_connected"] == 4

    def test_the_replicas_of_a_workload_that_is_down_are_not_waited_for(self, book: Book) -> None:
        identity = book.owe()
        nodes = [*NODES[:2], node("one", size=2), node("two", size=3, running=False)]
        assert book.step("begin", nodes=nodes, connected=6)["expect_connected"] == 3
        assert book.step("advance", id=identity, node="two", started="2")["expect_connected"] == 6

    def test_a_ledger_of_before_knows_no_sizes(self, book: Book) -> None:
        book.owe()
        book.step("begin", nodes=NODES, health=HEALTH, connected=3)
        with Ledger(book.path, read_only=False) as ledger:
            for entry in ledger.data["restart"]["baseline"]["nodes"].values():
                del entry["size"]
            ledger.save()
        assert book.step("read")["expect_connected"] == 3

    def test_advance_needs_a_new_start(self, book: Book) -> None:
        identity = book.owe()
        book.step("begin", nodes=NODES)
        for started in ("1", ""):
            with pytest.raises(OnPremError, match="node w1 has not been restarted: its start time is still 1"):
                book.step("advance", id=identity, node="w1", started=started)
        assert book.step("advance", id=identity, node="w1", started="2")["changed"]
        assert not book.step("advance", id=identity, node="w1", started="2")["changed"]
        with pytest.raises(OnPremError, match="no node w9"):
            book.step("advance", id=identity, node="w9", started="2")

    def test_resumed_roll_judges_by_start_times(self, book: Book) -> None:
        book.owe()
        book.step("begin", nodes=NODES, health=HEALTH)
        book.step("release")
        now = [node("m1", "master"), node("m2", "master", "2"), node("w1", started="2", running=False)]
        answer = book.step("begin", nodes=now, connected=0)
        assert answer["remaining"] == ["w1", "m1"]  # m2 has moved; w1 has, and is down again
        assert book.data()["restart"]["baseline"]["connected"] == 2

    def test_gone_and_new_nodes(self, book: Book) -> None:
        identity = book.owe()
        book.step("begin", nodes=NODES, health=HEALTH)
        book.step("advance", id=identity, node="w1", started="2")
        answer = book.step("begin", nodes=[NODES[0], node("w1", started="2"), node("w2")], health=HEALTH)
        assert answer["remaining"] == ["w2", "m1"]
        assert book.warnings == ["Node m2, which was to be restarted, is gone; the restart goes on without it."]

    @pytest.mark.parametrize("nodes", [[], [node("a"), node("a")]])
    def test_impossible_nodes(self, book: Book, nodes: list[dict[str, Any]]) -> None:
        book.owe()
        with pytest.raises(OnPremError, match="each with a name of its own"):
            book.step("begin", nodes=nodes)
        assert book.data()["lease"] is None

    def test_finish_closes(self, book: Book) -> None:
        identity = book.owe()
        book.step("begin", nodes=[node("w1")])
        book.step("advance", id=identity, node="w1", started="2")
        answer = book.step("finish", id=identity)
        assert answer["closed"] and answer["changed"] and not answer["owed"] and not answer["superseded"]
        assert answer["lease"] is None

    def test_finish_before_the_end_closes_nothing(self, book: Book) -> None:
        identity = book.owe()
        book.step("begin")
        answer = book.step("finish", id=identity)
        assert not answer["closed"] and answer["superseded"] and answer["owed"]

    def test_a_change_of_settings_meanwhile_owes_everything_again(self, book: Book) -> None:
        identity = book.owe()
        book.step("begin", nodes=NODES, health=HEALTH)
        book.step("advance", id=identity, node="w1", started="2")
        new = book.owe("callback_persist")
        assert new != identity
        assert book.step("next", id=identity)["next_node"] is None
        assert book.step("advance", id=identity, node="m1", started="2")["superseded"]
        answer = book.step("finish", id=identity)
        assert not answer["closed"] and answer["superseded"]
        answer = book.step("begin", nodes=[node(name, started="2") for name in ("m1", "w1")], connected=0)
        assert answer["remaining"] == ["m1", "w1"] and answer["settings"] == ["callback_persist", "log_level"]
        assert book.data()["restart"]["baseline"]["connected"] == 2


class TestCheckMode:
    def test_every_step_predicts_and_writes_nothing(self, book: Book) -> None:
        identity = book.owe()
        with open(book.path, encoding="utf-8") as file:
            before = json.load(file)
        begun = book.step("begin", check=True, nodes=NODES, health=HEALTH)
        assert begun["remaining"] == ["w1", "m2", "m1"] and begun["predicted"]
        assert book.step("next", check=True, id=identity, health=HEALTH)["next_node"] is None
        assert not book.step("finish", check=True, id=identity)["closed"]
        with open(book.path, encoding="utf-8") as file:
            assert json.load(file) == before

    def test_the_lease_of_another_run_is_respected(self, book: Book) -> None:
        identity = book.owe()
        book.step("begin", owner=FAR_AWAY)
        assert not book.step("begin", check=True)["lease_granted"]
        with pytest.raises(OnPremError, match="held by process 1 on elsewhere"):
            book.step("next", check=True, id=identity)
