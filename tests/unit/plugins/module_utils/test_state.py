# SPDX-FileCopyrightText: 2026 wabiz.onprem contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""The state in its form as JSON: reading refuses whatever is not exactly right."""

from __future__ import annotations

import copy
import dataclasses
import json
from typing import Any

import pytest

from ansible_collections.wabiz.onprem.plugins.module_utils._ledger import state
from ansible_collections.wabiz.onprem.plugins.module_utils._ledger.state import Damaged, State

MOMENT = "2026-01-01T00:00:00Z"
OWNER = {"host": "h", "machine": "m", "pid": 1, "start": "5", "inventory_host": "wa-berlin"}
NODE = {
    "role": "coreapp",
    "host": "h",
    "report_key": "n:1",
    "size": 1,
    "running": True,
    "well": True,
    "started": "s",
    "done": False,
    "tried": False,
    "runs": "",
}
FULL: dict[str, Any] = {
    "client": "https://c",
    "intention": {"since": MOMENT, "before": {"log_level": "00ff"}, "after": {"log_level": "ff00"}},
    "restart": {"since": MOMENT, "settings": ["log_level"], "reason": "changed"},
    "roll": {
        "id": "1",
        "prepared": False,
        "before_write": False,
        "connected": 2,
        "nodes": {"n": NODE},
        "values": {"log_level": "info"},
    },
    "lease": {"owner": OWNER, "seconds": 60, "renewed": 5.5},
    "campaigns": {"spring": {"since": MOMENT, "planned_end": None}},
    "hold": {"before": True},
    "release": "previous",
    "seen": {"log_level": "info", "callback_persist": True, "webhooks.max_concurrent_requests": 6},
    "in_effect": {"at": MOMENT, "values": {"callback_persist": True}, "starts": {"n": "s"}},
    "doubts": {"log_level": {"since": MOMENT, "reason": "mixed"}},
    "nodes": {"n": {"host": "h", "ran": True}},
    "sent": {"a": "00ff"},
    "providers": {"p": "00ff"},
    "at_default": {"a": "00ff"},
    "key": "00ff",
}
PATHS = [
    (),
    ("intention",),
    ("restart",),
    ("roll",),
    ("roll", "nodes", "n"),
    ("lease",),
    ("lease", "owner"),
    ("campaigns", "spring"),
    ("hold",),
    ("in_effect",),
    ("doubts", "log_level"),
    ("nodes", "n"),
]


def changed(path: tuple[str, ...], value: Any) -> dict[str, Any]:
    """The full state with another value at a place."""
    whole = copy.deepcopy(FULL)
    place = whole
    for part in path[:-1]:
        place = place[part]
    place[path[-1]] = value
    return whole


def at(path: tuple[str, ...]) -> Any:
    place: Any = FULL
    for part in path:
        place = place[part]
    return place


def test_a_full_state_reads_back() -> None:
    read = State.from_json(FULL)
    assert json.loads(json.dumps(read.as_json())) == FULL
    assert State.from_json(read.as_json()) == read


def test_the_empty_state_reads_back() -> None:
    assert State.from_json(State().as_json()) == State()


def test_each_field_has_a_form() -> None:
    for kind in state.Part.__subclasses__():
        assert set(kind.FORM) == {one.name for one in dataclasses.fields(kind)}, kind  # type: ignore[arg-type]


def test_the_key_is_not_in_its_repr() -> None:
    assert "00ff00" not in repr(State(key="00ff00"))


@pytest.mark.parametrize("path", PATHS, ids=".".join)
def test_a_missing_field_is_refused(path: tuple[str, ...]) -> None:
    for name in at(path):
        whole = copy.deepcopy(FULL)
        place = whole
        for part in path:
            place = place[part]
        del place[name]
        with pytest.raises(Damaged, match="is not an object with the fields that it must have"):
            State.from_json(whole)


@pytest.mark.parametrize("path", PATHS, ids=".".join)
def test_an_unknown_field_is_refused(path: tuple[str, ...]) -> None:
    with pytest.raises(Damaged, match="is not an object with the fields that it must have"):
        State.from_json(changed((*path, "more"), None))


@pytest.mark.parametrize("path", PATHS[1:], ids=".".join)
@pytest.mark.parametrize("value", [5, "x", [], True])
def test_a_part_that_is_not_an_object_is_refused(path: tuple[str, ...], value: Any) -> None:
    with pytest.raises(Damaged, match=r"\.".join(path)):
        State.from_json(changed(path, value))


LONG = "x" * (state.LONGEST_TEXT + 1)
NAN, INFINITE = float("nan"), float("inf")


@pytest.mark.parametrize(
    ("path", "value"),
    [
        (("client",), 5),
        (("client",), None),
        (("client",), LONG),
        (("intention", "since"), "yesterday"),
        (("intention", "since"), "2026-01-01T00:00:00"),
        (("intention", "before"), []),
        (("intention", "before"), {"a": 1}),
        (("intention", "after"), {"a": None}),
        (("intention", "after"), {LONG: "00"}),
        (("restart", "since"), None),
        (("restart", "settings"), "log_level"),
        (("restart", "settings"), [5]),
        (("restart", "settings"), [LONG]),
        (("restart", "reason"), "because"),
        (("restart", "reason"), []),
        (("roll", "id"), 7),
        (("roll", "prepared"), 1),
        (("roll", "connected"), -1),
        (("roll", "connected"), True),
        (("roll", "connected"), 2.5),
        (("roll", "connected"), 2**31),
        (("roll", "nodes"), []),
        (("roll", "values"), {"a": None}),
        (("roll", "values"), {"a": 1.5}),
        (("roll", "values"), {"a": ["x"]}),
        (("roll", "nodes", "n", "role"), "worker"),
        (("roll", "nodes", "n", "started"), 5),
        (("roll", "nodes", "n", "started"), LONG),
        (("roll", "nodes", "n", "done"), "yes"),
        (("roll", "nodes", "n", "size"), None),
        (("lease", "owner", "pid"), -1),
        (("lease", "owner", "pid"), "1"),
        (("lease", "owner", "host"), None),
        (("lease", "seconds"), 0),
        (("lease", "seconds"), 0.5),
        (("lease", "seconds"), state.LONGEST_LEASE + 1),
        (("lease", "seconds"), NAN),
        (("lease", "seconds"), INFINITE),
        (("lease", "seconds"), 1e300),
        (("lease", "seconds"), 10**400),
        (("lease", "seconds"), True),
        (("lease", "renewed"), -1),
        (("lease", "renewed"), NAN),
        (("lease", "renewed"), INFINITE),
        (("lease", "renewed"), 1e300),
        (("lease", "renewed"), 10**400),
        (("lease", "renewed"), "2096-01-01T00:00:00Z"),
        (("campaigns",), []),
        (("campaigns", "spring", "since"), "soon"),
        (("campaigns", "spring", "planned_end"), "soon"),
        (("hold", "before"), "yes"),
        (("release",), "later"),
        (("seen",), {"a": None}),
        (("seen",), {"a": LONG}),
        (("in_effect", "at"), None),
        (("in_effect", "values"), {"a": {}}),
        (("in_effect", "starts"), {"n": 5}),
        (("doubts", "log_level", "reason"), "a feeling"),
        (("nodes", "n", "ran"), None),
        (("sent",), {"a": 5}),
        (("sent",), {"a": "x" * 129}),
        (("providers",), {"a": "\u00e4"}),
        (("at_default",), []),
        (("key",), "\u00e4"),
        (("key",), None),
    ],
    ids=lambda one: ".".join(one) if isinstance(one, tuple) else str(one)[:20],
)
def test_a_wrong_value_is_refused_and_named(path: tuple[str, ...], value: Any) -> None:
    with pytest.raises(Damaged) as caught:
        State.from_json(changed(path, value))
    assert str(caught.value).startswith(".".join(path)[:40])
    assert len(str(caught.value)) < 300


def test_a_rejection_repeats_nothing_of_the_content() -> None:
    with pytest.raises(Damaged) as caught:
        State.from_json(changed(("lease", "owner", "start"), "planted" * 200))
    assert str(caught.value) == "lease.owner.start is not a text"


@pytest.mark.parametrize("path", ["client", "campaigns", "seen", "doubts", "nodes", "sent", "providers", "key"])
def test_what_has_a_value_may_not_be_absent(path: str) -> None:
    with pytest.raises(Damaged, match=path):
        State.from_json(changed((path,), None))


@pytest.mark.parametrize("value", [1, 86400, 86400.0, 1.5])
def test_a_lease_lasts_up_to_a_day(value: float) -> None:
    read = State.from_json(changed(("lease", "seconds"), value))
    assert read.lease is not None and read.lease.seconds == value
