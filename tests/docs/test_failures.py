# SPDX-FileCopyrightText: 2026 wabiz.onprem contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""docs/failures.md has an entry for every message that the collection can fail with, and none for one that it cannot."""

from __future__ import annotations

import functools
import re

from docs.code_blocks import ROOT

from ansible_collections.wabiz.onprem.plugins.module_utils._common.errors import API_ERRORS
from docs import failures_of_python, failures_of_yaml

PAGE = (ROOT / "docs" / "failures.md").read_text(encoding="utf-8")
OURS, ANSIBLES = PAGE.split("## What Ansible itself says")
# The messages of a row stand as code in its first cell.
ROWS = re.findall(r"^\| (`.*?`) \| (\S.*?) \|$", OURS, re.MULTILINE)
KEYS = [key for cell, _action in ROWS for key in re.findall(r"`([^`]+)`", cell)]
# What has fewer stands for nothing: as a key, and as a message, which then is put together from others.
FEWEST_LETTERS = 6


@functools.cache
def all_messages() -> list[tuple[str, str]]:
    python = failures_of_python.messages(failures_of_python.read(ROOT / "plugins"))
    found = {*python, *failures_of_yaml.messages([ROOT / "roles", ROOT / "playbooks"])}
    return sorted((message, place) for message, place in found if letters(message) >= FEWEST_LETTERS)


def letters(text: str) -> int:
    return len(re.findall(r"\w", text))


def stands_for(key: str, message: str) -> bool:
    """Whether a key has a good part of the message, all of it in this order; what varies is `...` in the page."""
    pattern = ".*".join(re.escape(part.strip()) for part in key.split("...") if part)
    return letters(key) >= letters(message) / 4 and re.search(pattern, message) is not None


def test_the_messages_are_found() -> None:
    found = {message for message, _place in all_messages()}
    assert len(found) > 120
    assert {
        "ledger … is empty",  # an f-string
        "… must be at least … …",  # filled in with %
        "…… is not a path: a path cannot contain a NUL character",  # what a function returns, in a format
        "Unexpected … at …:…. This is a defect of the collection: please report it with this line.",
        "the container is gone",  # a branch of an expression in a role
        "its pod template was changed by somebody else meanwhile, and does not hold this restart any more",
        "coreapp_restart must be now or defer, not ….",
    } <= found


def test_every_message_has_an_entry() -> None:
    missing = [
        f"{place}: {message}" for message, place in all_messages() if not any(stands_for(k, message) for k in KEYS)
    ]
    assert missing == []


def test_every_entry_is_of_a_message_that_exists() -> None:
    found = [message for message, _place in all_messages()] + [
        f"API code {code} ({title})" for code, (title, _advice) in API_ERRORS.items()
    ]
    assert len(KEYS) > 100
    assert [key for key in KEYS if letters(key) < FEWEST_LETTERS] == []
    assert [key for key in KEYS if not any(stands_for(key, message) for message in found)] == []


def test_every_api_code() -> None:
    assert [code for code, (title, _advice) in API_ERRORS.items() if f"API code {code} ({title})" not in KEYS] == []


def test_each_row_says_what_to_do() -> None:
    assert [cell for cell, action in ROWS if len(action.split()) < 3] == []
    assert len(re.findall(r"^\| `", OURS, re.MULTILINE)) == len(ROWS)


def test_what_ansible_says_is_told_too() -> None:
    assert len(re.findall(r"^\| `.+?` \| \S.*\|$", ANSIBLES, re.MULTILINE)) >= 8
