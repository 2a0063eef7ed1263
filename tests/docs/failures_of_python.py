# SPDX-FileCopyrightText: 2026 wabiz.onprem contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Every failure message that plugins/ can give, read from the source: what varies in it is an ellipsis.

A message is what stands in the place of `problem` (or of the only text) where an exception is made, or where a function is
called that makes one; and whatever becomes `msg` of a result.
"""

from __future__ import annotations

import ast
import itertools
import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

VARIES = "…"
Function = ast.FunctionDef


@dataclass
class Source:
    """All files together: what is an exception, and which functions there are."""

    trees: dict[Path, ast.Module]
    exceptions: set[str] = field(default_factory=lambda: {"Exception", "AnsibleActionFail", "AnsibleError"})
    functions: dict[str, list[Function]] = field(default_factory=dict)
    slots: dict[str, int] = field(default_factory=dict)  # which argument is the message

    def __post_init__(self) -> None:
        nodes = [node for tree in self.trees.values() for node in ast.walk(tree)]
        classes = [node for node in nodes if isinstance(node, ast.ClassDef)]
        for _depth in range(4):
            self.exceptions |= {one.name for one in classes if {_name(base) for base in one.bases} & self.exceptions}
        for node in nodes:
            if isinstance(node, Function):
                self.functions.setdefault(node.name, []).append(node)
                if _name(node.returns) in self.exceptions and "problem" in _parameters(node):
                    self.slots[node.name] = _parameters(node).index("problem")
        self.slots.update(dict.fromkeys(self.exceptions, 0))


def read(folder: Path) -> Source:
    return Source({path: ast.parse(path.read_text(encoding="utf-8")) for path in sorted(folder.rglob("*.py"))})


def messages(source: Source) -> Iterator[tuple[str, str]]:
    """Each message, with the place where it stands."""
    for path, tree in source.trees.items():
        for function, node in _inside(tree):
            for expression in _expressions(source, node):
                for text in texts(source, function, expression):
                    if re.search("[a-z]{3}", text):
                        yield text, f"{path.name}:{expression.lineno}"


def _inside(tree: ast.Module) -> Iterator[tuple[Function | None, ast.AST]]:
    """Each node with the innermost function around it."""
    waiting: list[tuple[Function | None, ast.AST]] = [(None, tree)]
    while waiting:
        function, node = waiting.pop()
        yield function, node
        around = node if isinstance(node, Function) else function
        waiting += [(around, child) for child in ast.iter_child_nodes(node)]


def _expressions(source: Source, node: ast.AST) -> Iterator[ast.expr]:
    """The expressions of a node that become a message."""
    if isinstance(node, ast.Dict):
        yield from (value for key, value in zip(node.keys, node.values) if _is_text(key, "msg"))
    if isinstance(node, ast.Assign) and isinstance(node.targets[0], ast.Tuple) and isinstance(node.value, ast.Call):
        names = [_name(target) for target in node.targets[0].elts]
        for function in source.functions.get(_name(node.value.func), []) if "problem" in names else []:
            returned = [one.value for one in ast.walk(function) if isinstance(one, ast.Return)]
            yield from (one.elts[names.index("problem")] for one in returned if isinstance(one, ast.Tuple))
    if isinstance(node, ast.Call):
        yield from (keyword.value for keyword in node.keywords if keyword.arg == "msg")
        slot = source.slots.get(_name(node.func))
        if slot is not None and len(node.args) > slot:
            yield node.args[slot]


def texts(source: Source, function: Function | None, node: ast.expr, depth: int = 0) -> list[str]:
    """What an expression can say; nothing where it only hands on what another one has said."""
    if depth > 4:
        return []
    if isinstance(node, ast.Constant):
        return [node.value] if isinstance(node.value, str) else []
    if isinstance(node, ast.IfExp):
        return _either([texts(source, function, one, depth + 1) for one in (node.body, node.orelse)])
    if isinstance(node, ast.JoinedStr):
        parts = [one.value if isinstance(one, ast.FormattedValue) else one for one in node.values]
        return _joined(source, function, parts, depth)
    if isinstance(node, ast.BinOp) and isinstance(node.op, ast.Add):
        return _joined(source, function, [node.left, node.right], depth)
    if isinstance(node, ast.BinOp) and isinstance(node.op, ast.Mod):
        values = node.right.elts if isinstance(node.right, ast.Tuple) else [node.right]
        return _filled(source, function, texts(source, function, node.left, depth + 1), r"%[srd]", values, depth)
    if isinstance(node, ast.Name):
        return _either([texts(source, function, one, depth + 1) for one in _assigned(function, node.id)])
    if isinstance(node, ast.Call):
        return _called(source, function, node, depth)
    return []


def _called(source: Source, function: Function | None, node: ast.Call, depth: int) -> list[str]:
    if isinstance(node.func, ast.Attribute) and node.func.attr == "format":
        templates = texts(source, function, node.func.value, depth + 1)
        return _filled(source, function, templates, r"\{\w*\}", node.args, depth)
    found = []
    for called in source.functions.get(_name(node.func), []):
        if _name(called.returns) == "str":
            returned = [one.value for one in ast.walk(called) if isinstance(one, ast.Return) and one.value]
            found += _either([texts(source, called, one, depth + 1) for one in returned])
    return [text for text in found if text]


def _either(choices: list[list[str]]) -> list[str]:
    """All that is said; where one choice cannot be known beside another that can, also an ellipsis."""
    return [text for choice in choices for text in choice or [VARIES]] if any(choices) else []


def _joined(source: Source, function: Function | None, parts: list[ast.expr], depth: int) -> list[str]:
    choices = [texts(source, function, part, depth + 1) or [VARIES] for part in parts]
    return ["".join(choice) for choice in itertools.product(*choices)]


def _filled(
    source: Source, function: Function | None, templates: list[str], place: str, values: list[ast.expr], depth: int
) -> list[str]:
    choices = [texts(source, function, value, depth + 1) or [VARIES] for value in values]
    return [_with(template, place, choice) for template in templates for choice in itertools.product(*choices)]


def _with(template: str, place: str, values: tuple[str, ...]) -> str:
    """A template with these values in its places; an ellipsis where there are fewer of them."""
    left = iter(values)
    return re.sub(place, lambda dummy: next(left, VARIES), template)


def _assigned(function: Function | None, name: str) -> Iterator[ast.expr]:
    """What a variable of a function is set to."""
    for node in ast.walk(function) if function else ():
        if isinstance(node, ast.Assign) and name in [_name(target) for target in node.targets]:
            yield node.value


def _parameters(function: Function) -> list[str]:
    return [one.arg for one in function.args.args if one.arg not in ("self", "cls")]


def _is_text(node: ast.expr | None, text: str) -> bool:
    return isinstance(node, ast.Constant) and node.value == text


def _name(node: ast.expr | None) -> str:
    """The last name in an expression such as `client.error`."""
    return node.attr if isinstance(node, ast.Attribute) else node.id if isinstance(node, ast.Name) else ""
