# Copyright (c) 2026, wabiz.onprem contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-FileCopyrightText: 2026 wabiz.onprem contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Campaigns in the ledger: overlap, planned ends, what they leave behind, check mode."""

from __future__ import annotations

import datetime
import os
from itertools import permutations
from typing import Any

import pytest

from ansible_collections.wabiz.onprem.plugins.module_utils._common.errors import OnPremError
from ansible_collections.wabiz.onprem.plugins.module_utils._common.operation import Outcome, Task
from ansible_collections.wabiz.onprem.plugins.module_utils._ledger import campaigns
from ansible_collections.wabiz.onprem.plugins.module_utils._ledger.file import Ledger
from ansible_collections.wabiz.onprem.plugins.module_utils._operations import campaign


class Book:
    def __init__(self, path: str) -> None:
        self.path = path
        self.warnings: list[str] = []

    def run(self, check: bool = False, **given: Any) -> Outcome:
        params = {name: option.get("default") for name, option in campaign.OPTIONS.items()}
        params.update(given, ledger=self.path)
        return campaign.run(params, Task(check_mode=check, warn=self.warnings.append))

    def begin(self, name: str, **given: Any) -> Outcome:
        return self.run(name=name, **given)

    def end(self, name: str | None = None, **given: Any) -> Outcome:
        return self.run(state="absent", name=name, **given)


@pytest.fixture
def book(tmp_path: Any) -> Book:
    return Book(str(tmp_path / "client.json"))


def names(outcome: Outcome) -> list[str]:
    return [one["name"] for one in outcome.values["campaigns"]]


def test_begin_and_the_same_again(book: Book) -> None:
    first = book.begin("Sale")
    assert first.changed and names(first) == ["Sale"] and first.values["active"]
    assert first.values["collect_messages"] is False
    assert (first.before, first.after) == ({}, {"Sale": "no planned end"})
    assert not book.begin("Sale").changed


def test_check_mode_writes_nothing(book: Book) -> None:
    predicted = book.run(check=True, name="Sale")
    assert predicted.changed and names(predicted) == ["Sale"]
    assert not os.path.exists(book.path)
    book.begin("Sale")
    ended = book.run(check=True, name="Sale", state="absent", after="off")
    assert ended.changed and ended.values["collect_messages"] is False and not ended.values["active"]
    assert not book.begin("Sale").changed


def test_planned_end_is_kept_until_another_is_given(book: Book) -> None:
    book.begin("Sale", planned_end="2999-01-01T01:00:00+01:00")
    kept = book.begin("Sale")
    assert not kept.changed and kept.values["campaigns"][0]["planned_end"] == "2999-01-01T00:00:00Z"
    moved = book.begin("Sale", planned_end="2999-02-01T00:00:00Z")
    assert moved.changed and (moved.before, moved.after) == (
        {"Sale": "2999-01-01T00:00:00Z"},
        {"Sale": "2999-02-01T00:00:00Z"},
    )


def test_overdue_ends_what_is_past_its_planned_end(book: Book) -> None:
    book.begin("past", planned_end="2001-01-01T00:00:00Z")
    book.begin("future", planned_end="2999-01-01T00:00:00Z")
    shown = book.begin("open")
    assert [one["overdue"] for one in shown.values["campaigns"]] == [False, False, True]
    swept = book.end(overdue=True)
    assert swept.values["ended"] == ["past"] and names(swept) == ["future", "open"]
    assert not book.end(overdue=True).changed


@pytest.mark.parametrize("order", list(permutations(["a", "b", "c"])))
def test_only_the_last_end_decides(book: Book, order: tuple[str, ...]) -> None:
    for name in ("a", "b", "c"):
        book.begin(name)
    afters = ("off", "off", "on")
    for name, after in zip(order[:-1], afters[:-1], strict=True):
        outcome = book.end(name, after=after)
        assert outcome.values["active"] and outcome.values["collect_messages"] is False
    last = book.end(order[-1], after="on")
    assert not last.values["active"] and last.values["collect_messages"] is True


def test_previous_is_what_was_before_the_first(book: Book) -> None:
    book.begin("Sale")
    with Ledger(book.path, read_only=False) as ledger:
        assert campaigns.note_before(ledger.data, False)
        ledger.save()
    assert book.end("Sale", after="previous").values["collect_messages"] is False


def test_end_of_an_unknown_campaign_changes_nothing(book: Book) -> None:
    outcome = book.end("Sale")
    assert not outcome.changed and outcome.values["ended"] == [] and outcome.values["collect_messages"] is None


def test_a_misspelled_name_does_not_pass_for_an_end(book: Book) -> None:
    book.begin("spring-sale")
    book.end("spring-sail")
    assert book.warnings == ['There is no campaign "spring-sail" to end; active: "spring-sale".']


def test_ending_twice_is_quiet(book: Book) -> None:
    book.begin("Sale")
    book.end("Sale")
    book.end("Sale")
    book.end(overdue=True)
    assert book.warnings == []


@pytest.mark.parametrize(
    ("given", "message"),
    [
        ({"name": " "}, "printable"),
        ({"name": "a\nb"}, "printable"),
        ({"name": "a" * 201}, "printable"),
        ({"name": "a", "planned_end": "tomorrow"}, "planned_end must be a timestamp with a UTC offset"),
        ({"name": "a", "planned_end": "2026-12-24T18:00:00"}, "planned_end must be a timestamp with a UTC offset"),
        ({"state": "absent", "overdue": False}, "nothing to end"),
        ({"state": "absent", "name": "a", "planned_end": "2999-01-01T00:00:00Z"}, "belongs to state: present"),
    ],
)
def test_refused_before_anything_is_written(book: Book, given: dict[str, Any], message: str) -> None:
    with pytest.raises(OnPremError, match=message):
        book.run(**given)
    assert not os.path.exists(book.path)


def test_since_is_now(book: Book) -> None:
    since = datetime.datetime.fromisoformat(book.begin("Sale").values["campaigns"][0]["since"].replace("Z", "+00:00"))
    assert abs((datetime.datetime.now(datetime.timezone.utc) - since).total_seconds()) < 60
