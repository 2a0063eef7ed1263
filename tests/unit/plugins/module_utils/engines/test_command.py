# SPDX-FileCopyrightText: 2026 wabiz.onprem contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""What the commands of the user print."""

from __future__ import annotations

from typing import Any

import pytest

from ansible_collections.wabiz.onprem.plugins.module_utils._engines import command


def test_what_is_printed_is_the_proof_of_a_start() -> None:
    node = command.found_node(
        {"name": "n", "role": "master", "health_key": "h:1", "host": ""}, {"rc": 0, "stdout": " 12 \n"}, "wa1"
    )
    assert (node.name, node.role, node.started, node.running, node.host) == ("n", "master", "12", True, "wa1")
    assert node.report_ids == ("h:1", "n")
    assert node.selected
    assert node.engine == ""


def test_nothing_printed_is_a_node_that_is_down() -> None:
    node = command.found_node({"name": "n", "host": "wa2"}, {"rc": 0, "stdout": "\n"}, "wa1")
    assert (node.started, node.running, node.state, node.host) == ("", False, "stopped", "wa2")
    assert node.stopped


@pytest.mark.parametrize(
    ("answer", "words"),
    [
        ({"rc": 0}, ""),
        ({"rc": 3, "failed": True, "stderr": "no\x1b[31m unit\n"}, "x failed with exit code 3: no unit"),
        ({"failed": True, "msg": "No such file"}, "x failed: No such file"),
        ({"unreachable": True, "msg": "ssh"}, "the machine is unreachable: ssh"),
        ({}, "x failed: it printed no error"),
    ],
)
def test_the_text_of_a_failure(answer: dict[str, Any], words: str) -> None:
    assert command.failure(answer, "x") == words


def test_a_new_start_is_one_that_differs() -> None:
    assert command.is_new_start({"rc": 0, "stdout": "2"}, "1")
    for answer in ({"rc": 0, "stdout": "1\n"}, {"rc": 0, "stdout": ""}, {"rc": 1, "stdout": "2"}, {}):
        assert not command.is_new_start(answer, "1")
