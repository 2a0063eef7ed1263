# Copyright (c) 2026, wabiz.onprem contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-FileCopyrightText: 2026 wabiz.onprem contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Garbage collection by hand: accepted per node, reported in part, rejections shown."""

from __future__ import annotations

from typing import Any

import pytest
from mocked import Mocked, answer, call_error

from ansible_collections.wabiz.onprem.plugins.module_utils._common.errors import CallError, InputError
from ansible_collections.wabiz.onprem.plugins.module_utils._operations import garbage_collection

PROCESSING = {"status": "processing"}
NODES = {"wacore3:bb": PROCESSING, "wacore2:aa": PROCESSING}


@pytest.fixture
def mocked() -> Mocked:
    return Mocked(garbage_collection)


def gc(service: str, collection: Any) -> Any:
    return answer({"services": {service: {"gc": collection}}})


def run(mocked: Mocked, answers: list[Any], *kinds: str) -> Any:
    mocked.client.put.side_effect = answers
    return mocked.run({"kinds": list(kinds)})


def test_single_instance(mocked: Mocked) -> None:
    outcome = run(mocked, [gc("message", PROCESSING)], "messages")
    assert outcome.changed
    assert outcome.values == {"accepted": {"messages": [{"node": "client", "status": "processing"}]}}
    mocked.client.put.assert_called_once_with("/v1/services/message/gc", "start the garbage collection of messages")
    assert not mocked.read_only


def test_multiconnect(mocked: Mocked) -> None:
    outcome = run(mocked, [gc("message", NODES)], "messages")
    assert [one["node"] for one in outcome.values["accepted"]["messages"]] == ["wacore2:aa", "wacore3:bb"]


def test_messages_come_before_media_whatever_the_order(mocked: Mocked) -> None:
    outcome = run(mocked, [gc("message", NODES), gc("media", PROCESSING)], "media", "messages", "media")
    paths = [call.args[0] for call in mocked.client.put.call_args_list]
    assert paths == ["/v1/services/message/gc", "/v1/services/media/gc"]
    assert list(outcome.values["accepted"]) == ["messages", "media"]


def test_only_what_was_asked_for_is_returned(mocked: Mocked) -> None:
    assert list(run(mocked, [gc("media", PROCESSING)], "media").values["accepted"]) == ["media"]


def test_check_mode_starts_nothing_and_reads_the_health(mocked: Mocked) -> None:
    mocked.client.get.return_value = answer({"health": {"gateway_status": "connected"}})
    outcome = mocked.run({"kinds": ["messages", "media"]}, check_mode=True)
    assert outcome.changed
    assert outcome.values == {"accepted": {"messages": [], "media": []}}
    assert (mocked.writes(), mocked.read_only) == ([], True)
    assert mocked.client.get.call_args.args[0] == "/v1/health"


def test_check_mode_fails_where_the_run_would(mocked: Mocked) -> None:
    mocked.client.get.side_effect = call_error("no Coreapp answers")
    with pytest.raises(CallError, match="no Coreapp answers"):
        mocked.run({"kinds": ["messages"]}, check_mode=True)


def test_no_coreapp_answers(mocked: Mocked) -> None:
    problem = "PUT /v1/services/message/gc answered 500, API code 1014 (Internal error)"
    with pytest.raises(CallError, match=r"1014 \(Internal error\), no Coreapp answers\.") as caught:
        run(mocked, [call_error(problem, code=1014, status=500)], "messages", "media")
    assert "had been accepted" not in str(caught.value)
    assert mocked.writes() == ["put"]


def test_a_part_that_was_accepted_is_reported(mocked: Mocked) -> None:
    rejection = call_error("PUT answered 500", code=1014, status=500, outcome_unknown=True)
    with pytest.raises(CallError) as caught:
        run(mocked, [gc("message", NODES), rejection], "messages", "media")
    shown = "PUT answered 500, no Coreapp answers; the garbage collection of messages had been accepted before."
    assert shown in str(caught.value)
    assert caught.value.outcome_unknown


def test_node_that_does_not_accept_is_warned_about(mocked: Mocked) -> None:
    outcome = run(
        mocked, [gc("message", {**NODES, "wacore4:cc": {"errors": []}, "wacore5": {"status": "failed"}})], "messages"
    )
    assert [one["node"] for one in outcome.values["accepted"]["messages"]] == ["wacore2:aa", "wacore3:bb"]
    assert mocked.warnings == [
        "The garbage collection of messages was not accepted by wacore4:cc (unknown), wacore5 (failed)."
    ]


def test_no_node_accepts(mocked: Mocked) -> None:
    with pytest.raises(CallError, match=r"accepted by no node \(wacore2:aa says failed\)"):
        run(mocked, [gc("message", {"wacore2:aa": {"status": "failed"}})], "messages")
    assert mocked.warnings == []


@pytest.mark.parametrize(
    "data", [{}, {"services": {"media": {"gc": PROCESSING}}}, {"services": {"message": {"gc": {}}}}]
)
def test_answer_of_something_else(mocked: Mocked, data: dict[str, Any]) -> None:
    with pytest.raises(CallError, match=r"PUT /v1/services/message/gc answered 200, but") as caught:
        run(mocked, [answer(data)], "messages")
    assert caught.value.outcome_unknown


def test_nothing_to_collect_is_refused(mocked: Mocked) -> None:
    with pytest.raises(InputError, match="kinds is empty"):
        run(mocked, [])
    mocked.connect.assert_not_called()
