# SPDX-FileCopyrightText: 2026 wabiz.onprem contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""What a strategy says about a restarted node, a user's own one too."""

from __future__ import annotations

from typing import Any

import pytest

from ansible_collections.wabiz.onprem.plugins.module_utils import _judgement as judgement


@pytest.mark.parametrize(
    ("given", "seconds"),
    [
        (0.62, 0.62),
        (2, 2.0),
        ("1.5", 1.5),
        (None, 0.0),
        ("", 0.0),
        ("soon", 0.0),
        ([1], 0.0),
        (-1, 0.0),
        ("nan", 0.0),
        ("inf", 0.0),
    ],
)
def test_how_long_a_node_has_been_up(given: Any, seconds: float) -> None:
    assert judgement.up_seconds({"up_seconds": given}) == seconds


def test_nothing_said_is_no_time() -> None:
    assert judgement.up_seconds({}) == 0.0
