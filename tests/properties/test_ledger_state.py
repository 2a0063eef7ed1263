# SPDX-FileCopyrightText: 2026 wabiz.onprem contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""What a ledger holds is read again just as it was written, and everything else is refused."""

from __future__ import annotations

import copy
import json
from typing import Any

from hypothesis import given
from hypothesis import strategies as st
from properties.ledger_states import states

from ansible_collections.wabiz.onprem.plugins.module_utils._ledger.state import Damaged, State


@given(states)
def test_a_state_reads_back_as_it_was(state: State) -> None:
    text = json.dumps(state.as_json())
    assert State.from_json(json.loads(text)) == state
    assert json.dumps(State.from_json(json.loads(text)).as_json()) == text


def places(value: Any) -> list[Any]:
    """Every object and list in a value, itself included."""
    inner = value.values() if isinstance(value, dict) else value if isinstance(value, list) else ()
    found = [value] if isinstance(value, (dict, list)) else []
    for one in inner:
        found += places(one)
    return found


junk: st.SearchStrategy[Any] = (
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats()
    | st.text(max_size=3)
    | st.just("x" * 2000)
    | st.just([])
    | st.just({})
    | st.just({"a": {"b": []}})
)


@given(states, junk, st.data())
def test_a_state_with_one_other_value_is_read_as_what_it_says_or_refused(state: State, value: Any, data: Any) -> None:
    content = copy.deepcopy(state.as_json())
    place = data.draw(st.sampled_from(places(content)))
    if isinstance(place, dict):
        place[data.draw(st.sampled_from([*sorted(place), "unknown"]))] = value
    else:
        place.append(value)
    try:
        read = State.from_json(content)
    except Damaged as problem:
        assert "x" * 1500 not in str(problem)
    else:
        assert read.as_json() == content
