# SPDX-FileCopyrightText: 2026 wabiz.onprem contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""The language lint finds its words in texts and names, and only there."""

from __future__ import annotations

import importlib.machinery
import importlib.util
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[3]
_PATH = str(ROOT / "tests" / "tools" / "lint_language")
_LOADER = importlib.machinery.SourceFileLoader("lint_language", _PATH)
_SPEC = importlib.util.spec_from_loader("lint_language", _LOADER)
assert _SPEC
lint = importlib.util.module_from_spec(_SPEC)
_LOADER.exec_module(lint)


@pytest.mark.parametrize(
    "line",
    [
        "A restart is owed.",
        "def _tell(text):",
        "class RestartTeller:",
        "the campaign desk",
        "FRONTS = 2",
        "Nobody reads it",
        "all is in order",
        "one look at the nodes",
        "it stands in_the way of it: the way of one task",
        "PATIENCE = 5",
        "test_told_in_words",
        "the node of before",
    ],
)
def test_found(line: str) -> None:
    assert lint.find("docs/page.md", line)


@pytest.mark.parametrize(
    "line",
    [
        "in order to restart",
        "in front of the Webapp",
        "a stand-in for the client",
        "what it stands for",
        "it looks like a client",
        "a way to run it",
        "frontend, somewhere, worded, towed",
        "look into its log",
    ],
)
def test_not_found(line: str) -> None:
    assert lint.find("docs/page.md", line) == []


def test_a_file_name_is_line_0() -> None:
    assert [number for number, _word, _instead in lint.find("docs/campaign_desk.md", "")] == [0]


def test_each_exception_is_needed_and_has_a_reason(monkeypatch: pytest.MonkeyPatch) -> None:
    exceptions = lint.EXCEPTIONS
    monkeypatch.setattr(lint, "EXCEPTIONS", ())
    found = []
    for name in lint.tracked():
        lines = [name, *(ROOT / name).read_text(encoding="utf-8", errors="replace").splitlines()]
        found += [(name, lines[number]) for number, _word, _instead in lint.find(name, "\n".join(lines[1:]))]
    for path, line, reason in exceptions:
        assert reason
        assert any(lint.fnmatch.fnmatch(name, path) and lint.re.search(line, text) for name, text in found), path
