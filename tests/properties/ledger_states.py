# SPDX-FileCopyrightText: 2026 wabiz.onprem contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Random states of a ledger, each of which can be written and read."""

from __future__ import annotations

import datetime

from hypothesis import strategies as st

from ansible_collections.wabiz.onprem.plugins.module_utils._common.moments import to_text
from ansible_collections.wabiz.onprem.plugins.module_utils._ledger import state
from ansible_collections.wabiz.onprem.plugins.module_utils._settings import catalog

names = (
    st.text(max_size=12)
    | st.text("\x1b[]31mK;\x07\x9b\n\r\u202e{}%<>'\"a", max_size=30)
    | st.integers(900, 1000).map("x".__mul__)
)
moments = st.datetimes(datetime.datetime(1970, 1, 1), datetime.datetime(2999, 1, 1)).map(to_text)
hashes = st.text("0123456789abcdef", max_size=64)
scalars = st.booleans() | st.integers(-5, 2**40) | names
counts = st.integers(0, 2**31 - 1)


def mappings(values: st.SearchStrategy[object]) -> st.SearchStrategy[dict[str, object]]:
    return st.dictionaries(names, values, max_size=3)


owners = st.builds(state.Owner, names, names, counts, names, names)
leases = st.builds(
    state.Lease, owners, st.integers(1, state.LONGEST_LEASE) | st.floats(1, state.LONGEST_LEASE), st.floats(0, 4e9)
)
intentions = st.builds(state.Intention, moments, mappings(hashes), st.none() | mappings(hashes))
restarts = st.builds(
    state.Restart,
    moments,
    st.lists(names, max_size=3).map(tuple),
    st.sampled_from(["changed", "not_confirmed", "forced"]),
)
nodes = st.builds(
    state.Node,
    st.sampled_from(["coreapp", "master"]),
    names,
    names,
    st.integers(0, 5),
    st.booleans(),
    st.booleans(),
    names,
    st.booleans(),
    st.booleans(),
)
rolls = st.builds(
    state.Roll,
    id=names,
    prepared=st.booleans(),
    before_write=st.booleans(),
    connected=st.integers(0, 9),
    nodes=mappings(nodes),
    values=st.none() | mappings(scalars),
)
no_roll_yet = st.builds(
    state.Roll,
    id=names,
    prepared=st.booleans(),
    before_write=st.booleans(),
    connected=st.integers(0, 9),
    nodes=st.just({}),
    values=st.none(),
)
campaigns = st.builds(state.Campaign, moments, st.none() | moments)
doubts = st.builds(state.Doubt, moments, st.sampled_from(["never_confirmed", "changed_by_others", "mixed"]))
records = st.builds(state.InEffect, moments, mappings(scalars), mappings(names))
states = st.builds(
    state.State,
    client=names,
    intention=st.none() | intentions,
    restart=st.none() | restarts,
    roll=st.none() | rolls,
    lease=st.none() | leases,
    campaigns=mappings(campaigns),
    hold=st.none() | st.builds(state.Hold, st.booleans()),
    release=st.none() | st.sampled_from(state.AFTER),
    seen=mappings(scalars),
    in_effect=st.none() | records,
    doubts=mappings(doubts),
    nodes=mappings(st.builds(state.KnownNode, names, st.booleans())),
    sent=mappings(hashes),
    providers=mappings(hashes),
    at_default=st.none() | mappings(hashes),
    key=hashes,
)
# What a person is shown something of.
shown_states = st.builds(
    state.State,
    intention=st.none() | intentions,
    restart=st.none() | restarts,
    roll=st.none() | no_roll_yet,
    campaigns=mappings(campaigns),
    in_effect=st.none() | records,
    doubts=st.dictionaries(st.sampled_from(sorted(catalog.BY_NAME)), doubts, max_size=2),
)
