# SPDX-FileCopyrightText: 2026 wabiz.onprem contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""docs/playbooks.md lists each playbook with each variable that it reads."""

from __future__ import annotations

import importlib
import re
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
sys.path.insert(0, str(ROOT / "tests" / "tools"))
playbooks_page = importlib.import_module("playbooks_page")
FILES = {path.stem: path for path in (ROOT / "playbooks").glob("*.yml")}
# Variables that a playbook sets itself, or that its connection takes.
SET = re.compile(
    r"campaign_status_(client|fleet|found)|campaign_sweep_(found|_\w+)|collect_garbage_result|wabiz_onprem__none|campaign_status__hook"
)


def read(name: str) -> set[str]:
    """The variables that the templates of a playbook read."""
    text = "".join(line for line in FILES[name].read_text().splitlines(True) if not line.lstrip().startswith("#"))
    found = set(re.findall(r"\b(?:wabiz_onprem|campaign_status|campaign_report|campaign_sweep)_\w+", text))
    return {one for one in found if not SET.fullmatch(one)}


def test_each_playbook_has_a_section() -> None:
    assert set(playbooks_page.PLAYBOOKS) == set(FILES)


@pytest.mark.parametrize("name", sorted(FILES))
def test_each_variable_is_listed(name: str) -> None:
    section = playbooks_page.page().split(f"\n## {name}\n")[1].split("\n## ")[0]
    listed = set(re.findall(r"^\| `(\w+)`", section, re.MULTILINE))
    variables = read(name) - ({"campaign_status_html"} if name == "report" else set())
    assert variables <= listed, variables - listed
    own = set(playbooks_page.PLAYBOOKS[name].own)
    if name != "report":
        assert own <= read(name), own - read(name)


@pytest.mark.parametrize("name", sorted(FILES))
def test_each_literal_default_is_that_of_the_playbook(name: str) -> None:
    for variable, default in re.findall(r"(\w+) \| default\((\d+|true|false)\)", FILES[name].read_text()):
        rows = {**playbooks_page.WRITING, **playbooks_page.PLAYBOOKS[name].own}
        assert rows[variable][1] == f"`{default}`"
