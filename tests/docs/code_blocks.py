# SPDX-FileCopyrightText: 2026 wabiz.onprem contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""The code blocks of README and docs, and what their shell commands are made of."""

from __future__ import annotations

import re
import shlex
import textwrap
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml

ROOT = Path(__file__).resolve().parents[2]
PAGES = sorted(
    [*ROOT.glob("*.md"), *ROOT.glob("docs/*.md"), *ROOT.glob("docs/examples/**/*.md"), *ROOT.glob("roles/*/README.md")]
)
FENCE = re.compile(r"^( *)```([\w{}-]*)\n(.*?)^\1```$", re.MULTILINE | re.DOTALL)


@dataclass(frozen=True)
class Block:
    """One block of code."""

    page: Path
    line: int
    language: str
    code: str

    def __str__(self) -> str:
        return f"{self.page.relative_to(ROOT)}:{self.line}"

    def data(self) -> Any:
        """What a block of YAML holds."""
        return yaml.safe_load(self.code)


def blocks(*languages: str) -> list[Block]:
    """All blocks, or those in these languages."""
    found = [block for page in PAGES for block in of(page)]
    return [block for block in found if not languages or block.language in languages]


def of(page: Path) -> Iterator[Block]:
    """The blocks of one page."""
    text = page.read_text(encoding="utf-8")
    for match in FENCE.finditer(text):
        yield Block(page, text.count("\n", 0, match.start()) + 1, match[2], textwrap.dedent(match[3]))


def kind(block: Block) -> str:
    """What a block of YAML is: playbook, tasks, inventory, environment, changelog, variables."""
    data = block.data()
    if isinstance(data, list):
        return "playbook" if {"hosts", "ansible.builtin.import_playbook"} & set(data[0]) else "tasks"
    if "dependencies" in data:
        return "environment"
    if "minor_changes" in data:
        return "changelog"
    groups = [value for value in data.values() if isinstance(value, dict)]
    return "inventory" if any({"hosts", "children"} & set(group) for group in groups) else "variables"


def commands(code: str) -> Iterator[list[str]]:
    """The simple commands of a shell script without flow control, as their words; of a transcript what follows `$ `."""
    pending = ""
    transcript = code.startswith("$ ")
    for line in code.splitlines():
        if transcript and not line.startswith("$ "):
            continue
        pending += (line[2:] if transcript else line) + "\n"
        reader = shlex.shlex(pending.replace("\\\n", " "), posix=True, punctuation_chars=True)
        reader.whitespace_split = True
        try:
            words = list(reader)
        except ValueError:  # a quotation goes on in the next line
            continue
        if not pending.endswith("\\\n"):
            yield from simple(words)
            pending = ""
    assert not pending.strip(), f"never closed: {pending}"


def simple(words: list[str]) -> Iterator[list[str]]:
    """The commands of a line, parted at operators; assignments before a command are left out."""
    command: list[str] = []
    for word in [*words, ";"]:
        if set(word) <= set("&|;()"):
            if command:
                yield command
            command = []
        elif command or not re.match(r"\w+=", word):
            command.append(word)
