# SPDX-FileCopyrightText: 2026 wabiz.onprem contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Takes away what must differ between two runs: names, moments, numbers of processes, and how a module travels."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from typing import Any

# What only happens with a target: it is shown at -vvv and above. And each poll at a job that goes on, of which a
# busy machine needs more.
_TRAVEL = re.compile(
    r"^(<[\w.-]+> .*|Using module file .*|Pipelining is enabled\..*|redirecting \(type: .*|Loading collection .*"
    r"|Escalation succeeded.*|ASYNC POLL on .*|\s*)$\n?",
    re.MULTILINE,
)
# Ansible's own text, from ansible-core 2.19 on: it knows whether an action plugin or a module has failed.
_WHO_FAILED = re.compile(r"Task failed: (Action|Module) failed: ")
_MOMENTS = (
    (re.compile(r"20\d\d-\d\d-\d\d[T ]\d\d:\d\d:\d\d(\.\d+)?(Z|\+00:00)?"), "MOMENT"),
    (re.compile(r"\b[0-9a-f]{12}(?:[0-9a-f]{20,52})?\b"), "HASH"),
    (re.compile(r"<[0-9a-f]{8}>"), "<FINGERPRINT>"),
    (re.compile(r"in \d+\.\d s, for at most \d+ s"), "in some time"),
    (re.compile(r"within \d+(\.\d+)? s"), "within some time"),
    (re.compile(r"process \d+ on"), "process NUMBER on"),
    (re.compile(r"(\"(?:pid|start)\": )\"?\d+\"?"), r'\1"NUMBER"'),
    (re.compile(r"\bj?\d{9,}\.\d+"), "JOB"),
    (re.compile(r"127\.0\.0\.1:\d+"), "127.0.0.1:PORT"),
)


def normal_text(text: str, words: Mapping[str, str]) -> str:
    for word, stands_for in words.items():
        text = text.replace(word, stands_for)
    for pattern, stands_for in _MOMENTS:
        text = pattern.sub(stands_for, text)
    return _TRAVEL.sub("", _WHO_FAILED.sub("Task failed: ", text))


def normal_result(result: dict[str, Any], words: Mapping[str, str]) -> dict[str, Any]:
    """A result with what a module's answer has only by being one taken away."""
    text = json.dumps(result, sort_keys=True)
    for word, stands_for in words.items():
        text = text.replace(word, stands_for)
    for pattern, stands_for in _MOMENTS:
        text = pattern.sub(stands_for, text)
    normal: dict[str, Any] = json.loads(text)
    for one in [normal, *normal.get("results", [])]:
        one.pop("_ansible_parsed", None)  # says that the answer came as text
    return normal


def normal_record(calls: list[dict[str, Any]]) -> list[dict[str, Any]]:
    return [
        {key: value for key, value in call.items() if key not in ("client", "client_time", "seconds")} for call in calls
    ]
