# SPDX-FileCopyrightText: 2026 wabiz.onprem contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Every failure message that roles and playbooks can give, read from the source: what varies in it is an ellipsis.

A message is what a task that fails or asserts says, and whatever a variable holds of which the name ends in `problem`: such a
variable becomes part of a message later.
"""

from __future__ import annotations

import itertools
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import yaml
from jinja2 import Environment, nodes

VARIES = "…"
FAILING = {"ansible.builtin.fail": "msg", "ansible.builtin.assert": "fail_msg"}
SAYING = {"default", "regex_replace", "replace", "trim", "truncate"}  # filters that leave the words
JINJA = Environment(autoescape=False)  # noqa: S701  (nothing is rendered)


def messages(folders: list[Path]) -> Iterator[tuple[str, str]]:
    """Each message, with the file where it stands."""
    variables = _variables(folders)
    for path, data in _files(folders):
        for template in _templates(data):
            for text in texts(template, variables):
                if re.search("[a-z]{3}", text.replace("…", "")):
                    yield text, path.name


def _files(folders: list[Path]) -> Iterator[tuple[Path, Any]]:
    for path in sorted(path for folder in folders for path in folder.rglob("*.yml")):
        yield path, yaml.safe_load(path.read_text(encoding="utf-8"))


def _dictionaries(data: Any) -> Iterator[dict[str, Any]]:
    if isinstance(data, dict):
        yield data
    for one in data.values() if isinstance(data, dict) else data if isinstance(data, list) else ():
        yield from _dictionaries(one)


def _templates(data: Any) -> Iterator[str]:
    for one in _dictionaries(data):
        for key, value in one.items():
            if key in FAILING:
                yield value[FAILING[key]]
            elif key.endswith("_problem") and isinstance(value, str):
                yield value


def _variables(folders: list[Path]) -> dict[str, list[str]]:
    """Every variable that a task, a role or a set_fact sets: its templates."""
    found: dict[str, list[str]] = {}
    pairs = (pair for file in _files(folders) for one in _dictionaries(file[1]) for pair in one.items())
    for key, value in pairs:
        if isinstance(value, str) and re.fullmatch(r"\w+__\w+", key):
            found.setdefault(key, []).append(value)
    return found


def texts(template: str, variables: dict[str, list[str]], depth: int = 0) -> list[str]:
    """What a template can say."""
    tree = JINJA.parse(" ".join(template.replace("\\", "").split()))  # backslashes belong to regular expressions
    output = [node for part in tree.body if isinstance(part, nodes.Output) for node in part.nodes]
    return _product(output, variables, depth)


def _product(parts: list[Any], variables: dict[str, list[str]], depth: int) -> list[str]:
    return ["".join(choice) for choice in itertools.product(*(_of(part, variables, depth) for part in parts))]


def _of(node: Any, variables: dict[str, list[str]], depth: int) -> list[str]:
    """What a node of a template can say; an ellipsis for what cannot be known."""
    if isinstance(node, nodes.TemplateData):
        return [node.data]
    if isinstance(node, nodes.Const):
        return [str(node.value)]
    if isinstance(node, nodes.CondExpr):
        return [text for one in (node.expr1, node.expr2) if one for text in _of(one, variables, depth)]
    if isinstance(node, nodes.Concat):
        return _product(node.nodes, variables, depth)
    if isinstance(node, nodes.Add):
        return _product([node.left, node.right], variables, depth)
    if isinstance(node, nodes.Filter) and node.name in SAYING:
        fallback = node.args[:1] if node.name == "default" else []
        return [text for one in [node.node, *fallback] for text in _of(one, variables, depth)]
    if isinstance(node, nodes.Name) and depth < 4:
        told = [text for one in variables.get(node.name, []) for text in texts(one, variables, depth + 1)]
        return [text for text in told if re.search("[a-z]{3}", text)] or [VARIES]
    return [VARIES]
