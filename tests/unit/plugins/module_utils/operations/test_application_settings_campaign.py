# SPDX-FileCopyrightText: 2026 wabiz.onprem contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""The operation application_settings: what campaigns decide."""

from __future__ import annotations

from typing import Any, Callable

import pytest

from ansible_collections.wabiz.onprem.plugins.module_utils._common.errors import CallError
from ansible_collections.wabiz.onprem.plugins.module_utils._ledger import campaigns
from ansible_collections.wabiz.onprem.plugins.module_utils._ledger.state import Hold
from ansible_collections.wabiz.onprem.plugins.module_utils._operations import application_settings as operation

Make = Callable[..., Any]


@pytest.mark.parametrize(
    ("version", "shown", "name"),
    [
        ("2.33.4", {"db_garbagecollector_enable": True}, "db_garbagecollector_enable"),
        ("2.53.1", {"garbagecollector_enable": {"messages": True}}, "garbagecollector_enable.messages"),
        (None, {"db_garbagecollector_enable": True}, "db_garbagecollector_enable"),
    ],
)
def test_a_campaign_holds_garbage_collection_off(bench: Make, version: Any, shown: Any, name: str) -> None:
    one = bench(version, **shown)
    one.note(lambda state: campaigns.begin(state, "spring", None))
    outcome = one.run(operation, ledger=True, collect_messages=True)
    assert outcome.values["held_settings"] == [name]
    assert outcome.values["changed_settings"] == [name]
    assert one.state().hold == Hold(True)
    again = one.run(operation, ledger=True, collect_messages=True)
    assert (again.changed, again.values["held_settings"]) == (False, [name])
    one.note(lambda state: campaigns.end(state, ["spring"], "previous")[0])
    ended = one.run(operation, ledger=True)
    assert ended.values["changed_settings"] == [name]
    assert (one.state().hold, one.state().release) == (None, None)


def test_the_end_of_a_campaign_is_carried_out_again_after_a_failure(bench: Make) -> None:
    one = bench(garbagecollector_enable={"messages": False})
    one.note(lambda state: campaigns.begin(state, "spring", None))
    one.note(lambda state: campaigns.end(state, ["spring"], "on")[0])
    patch, one.client.patch.side_effect = one.client.patch.side_effect, CallError("no", status=503)
    with pytest.raises(CallError):
        one.run(operation, ledger=True)
    one.client.patch.side_effect = patch
    assert one.run(operation, ledger=True).changed
    assert one.shown["garbagecollector_enable"] == {"messages": True}
