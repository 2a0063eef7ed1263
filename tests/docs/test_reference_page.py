# SPDX-FileCopyrightText: 2026 wabiz.onprem contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""docs/reference_page.md names every setting, and only tests that exist."""

from __future__ import annotations

import ast
import re
from pathlib import Path

from ansible_collections.wabiz.onprem.plugins.module_utils._settings import catalog

ROOT = Path(__file__).resolve().parents[2]
PAGE = (ROOT / "docs" / "reference_page.md").read_text(encoding="utf-8")


def test_the_tests_that_it_names_exist() -> None:
    named = re.findall(r"`(tests/[\w/]+\.py)(?:::(\w+))?`", PAGE)
    assert len(named) >= 25
    for path, function in named:
        source = ROOT / path
        assert source.is_file(), path
        names = {node.name for node in ast.walk(ast.parse(source.read_text())) if isinstance(node, ast.FunctionDef)}
        assert not function or function in names, f"{path}::{function}"


def test_every_setting_is_there() -> None:
    missing = [setting.api for setting in catalog.SETTINGS if setting.api.rpartition(".")[2] not in PAGE]
    assert missing == []
