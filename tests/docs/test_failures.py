# SPDX-FileCopyrightText: 2026 wabiz.onprem contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""docs/failures.md lists the API's codes with just the titles and the advice that the messages have."""

from __future__ import annotations

import re

from docs.code_blocks import ROOT

from ansible_collections.wabiz.onprem.plugins.module_utils._common.errors import API_ERRORS, CallError

PAGE = (ROOT / "docs" / "failures.md").read_text(encoding="utf-8")
ROWS = re.findall(r"^\| (\d{4}) \| (.*?) \| (.*?) ?\|$", PAGE, re.MULTILINE)


def test_every_api_code() -> None:
    assert [(str(code), title, advice) for code, (title, advice) in sorted(API_ERRORS.items())] == ROWS


def test_the_shape_of_a_message() -> None:
    error = CallError("no response", "Check the network.", doing="read the settings", client="https://wa.example:9090")
    assert str(error) in PAGE
