# SPDX-FileCopyrightText: 2026 wabiz.onprem contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Each test that SECURITY.md names exists."""

from __future__ import annotations

import ast
import re

import pytest
from docs.code_blocks import ROOT

TEXT = (ROOT / "SECURITY.md").read_text(encoding="utf-8")
NAMED = sorted(set(re.findall(r"`(tests/[\w/]+\.py)::([\w:]+)`", TEXT)))
PROMISES = [line.strip("| ").split(" | ") for line in TEXT.splitlines() if line.startswith("| ")][1:]
NO_TEST = {"Dependencies"}  # what the tools check


def test_tests_are_named() -> None:
    assert len(NAMED) > 25


@pytest.mark.parametrize("promise", PROMISES, ids=lambda promise: promise[0][:40])
def test_a_promise_names_its_test(promise: list[str]) -> None:
    assert len(promise) == 3
    assert ("::" in promise[2]) is (promise[0] not in NO_TEST)


@pytest.mark.parametrize(("path", "name"), NAMED)
def test_a_named_test_exists(path: str, name: str) -> None:
    nodes = ast.parse((ROOT / path).read_text(encoding="utf-8")).body
    for part in name.split("::"):
        found = [node for node in nodes if isinstance(node, (ast.ClassDef, ast.FunctionDef)) and node.name == part]
        assert found, f"{path} has no {name}"
        nodes = found[0].body
