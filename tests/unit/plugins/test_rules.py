# SPDX-FileCopyrightText: 2026 wabiz.onprem contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""The rules of the house that a program can check: what may be imported and called where."""

from __future__ import annotations

import ast
import re
from pathlib import Path
from typing import Iterator

import pytest

import ansible_collections.wabiz.onprem.plugins.module_utils._status as place

PLUGINS = Path(place.__file__).resolve().parents[1]
MODULE_UTILS = PLUGINS / "module_utils"
ENTRY_POINTS = {"module_entry.py", "option_specs.py"}
OURS = "ansible_collections.wabiz.onprem."


def files(folder: str) -> list[Path]:
    return sorted(path for path in (PLUGINS / folder).rglob("*.py") if path.name != "__init__.py")


def names(folder: str) -> set[str]:
    return {path.stem for path in files(folder)}


def imports(path: Path) -> Iterator[str]:
    for node in ast.walk(ast.parse(path.read_text())):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            yield from (f"{'.' * node.level}{node.module or ''}.{alias.name}" for alias in node.names)


def words(path: Path) -> set[str]:
    """Every name and attribute that the code uses; comments and texts aside."""
    nodes = list(ast.walk(ast.parse(path.read_text())))
    return {node.id for node in nodes if isinstance(node, ast.Name)} | {
        node.attr for node in nodes if isinstance(node, ast.Attribute)
    }


@pytest.mark.parametrize("path", files("module_utils"), ids=lambda path: path.name)
def test_only_the_entry_point_imports_ansible(path: Path) -> None:
    ansible = [name for name in imports(path) if name.split(".")[0] == "ansible"]
    assert bool(ansible) is (path.name in ENTRY_POINTS), ansible


@pytest.mark.parametrize("path", files("module_utils") + files("modules") + files("action"), ids=lambda path: path.name)
def test_only_the_entry_point_ends_a_module(path: Path) -> None:
    assert path.name == "module_entry.py" or not {"exit_json", "fail_json", "AnsibleModule"} & words(path)


@pytest.mark.parametrize("path", files("module_utils/_operations"), ids=lambda path: path.name)
def test_an_operation_is_options_rules_and_run(path: Path) -> None:
    tree = ast.parse(path.read_text())
    defined = {node.name for node in tree.body if isinstance(node, ast.FunctionDef)}
    for node in tree.body:
        if isinstance(node, (ast.Assign, ast.AnnAssign)):
            targets = node.targets if isinstance(node, ast.Assign) else [node.target]
            defined |= {target.id for target in targets if isinstance(target, ast.Name)}
    assert {"OPTIONS", "RULES", "LIBRARY_ERROR", "run"} <= defined


PURE = (
    "_judgement",
    "_status",
    "_common/errors",
    "_common/masking",
    "_common/moments",
    "_common/redaction",
    "_common/suggestions",
    "_common/text",
    "_common/versions",
    "_api/responses",
    "_settings/catalog",
    "_settings/checks",
    "_settings/planning",
    "_engines/claims",
    "_engines/command",
    "_engines/docker",
    "_engines/kubernetes",
    "_ledger/campaigns",
    "_ledger/in_effect",
    "_ledger/restart",
    "_ledger/rolling",
    "_ledger/state",
)


@pytest.mark.parametrize("name", PURE)
def test_pure_layers_know_no_network_and_no_file(name: str) -> None:
    path = MODULE_UTILS / f"{name}.py"
    forbidden = {"requests", "urllib3", "socket", "ssl", "subprocess", "os"}
    assert not forbidden & {one.split(".")[0] for one in imports(path)}
    assert "open" not in words(path)


@pytest.mark.parametrize("name", ["_settings/catalog", "_common/versions"])
def test_what_the_emulator_reads_needs_the_standard_library_alone(name: str) -> None:
    assert not [one for one in imports(MODULE_UTILS / f"{name}.py") if one.startswith((".", OURS))]


# The packages of module_utils, and which of them each may import from: one way, without a circle.
DIRECTION = {
    "_common": set(),
    "_api": {"_common"},
    "_engines": {"_common"},
    "_ledger": {"_common"},
    "_settings": {"_common", "_api", "_ledger"},
    "_status": {"_common", "_api", "_ledger", "_settings"},
    "_judgement": {"_common", "_api", "_ledger", "_engines"},
    "_operations": {"_judgement", "_common", "_api", "_ledger", "_engines", "_settings", "_status"},
}


@pytest.mark.parametrize("path", files("module_utils"), ids=lambda path: str(path.relative_to(MODULE_UTILS)))
def test_imports_go_one_way(path: Path) -> None:
    place = path.relative_to(MODULE_UTILS).with_suffix("").parts
    wanted = set()
    for node in ast.walk(ast.parse(path.read_text())):
        if isinstance(node, ast.ImportFrom) and node.level == len(place):
            names = [node.module] if node.module else [alias.name for alias in node.names]
            wanted |= {str(name).split(".", maxsplit=1)[0] for name in names}
    assert wanted <= DIRECTION[place[0]] | {place[0]}, wanted
    assert not [name for name in imports(path) if name.startswith(OURS)], "imports inside module_utils are relative"


CONTROLLER_ONLY = {
    "coreapp_node",
    "coreapp_nodes",
    "coreapp_roll",
    "fleet_status",
    "run_summary",
}  # each an action, and a module file with documentation alone
OPERATED = [path for path in files("action") if path.stem not in CONTROLLER_ONLY]


def test_each_module_has_an_action_and_an_operation_and_the_reverse() -> None:
    assert names("modules") == names("action") == names("module_utils/_operations") | CONTROLLER_ONLY


@pytest.mark.parametrize("path", OPERATED, ids=lambda path: path.name)
def test_an_action_file_names_its_operation_and_nothing_else(path: Path) -> None:
    tree = ast.parse(path.read_text())
    (action,) = (node for node in tree.body if isinstance(node, ast.ClassDef))
    assert action.name == "ActionModule"
    (statement,) = action.body
    assert ast.unparse(statement) == f"operation = {path.stem}"


def test_the_action_group_is_what_takes_the_connection_options() -> None:
    text = (PLUGINS.parent / "meta" / "runtime.yml").read_text()
    group = set(re.findall(r"^    - (\w+)$", text[text.index("action_groups") :], re.MULTILINE))
    connected = {path.stem for path in files("modules") if "  - wabiz.onprem.connection\n" in path.read_text()}
    assert group == connected


FILLED = [path for path in sorted(PLUGINS.rglob("*.py")) if path.stat().st_size]


@pytest.mark.parametrize("path", FILLED, ids=lambda path: path.name)
def test_every_file_names_its_licence_and_stays_readable(path: Path) -> None:
    text = path.read_text()
    # REUSE-IgnoreStart
    assert "SPDX-License-Identifier: GPL-3.0-or-later" in text[:500]
    # REUSE-IgnoreEnd
    code = ast.parse(text)
    prose = sum(
        node.end_lineno - node.lineno
        for node in code.body
        if isinstance(node, ast.Assign) and path.parent.name in ("modules", "doc_fragments") and node.end_lineno
    )
    assert len(text.splitlines()) - prose <= 500  # a guideline is 300; what belongs together stays together


@pytest.mark.parametrize("path", files("module_utils/_operations"), ids=lambda path: path.name)
def test_each_connection_collects_its_credentials(path: Path) -> None:
    calls = [node for node in ast.walk(ast.parse(path.read_text())) if isinstance(node, ast.Call)]
    connections = [call for call in calls if isinstance(call.func, ast.Name) and call.func.id == "connect"]
    given = [
        {ast.unparse(one) for one in [*call.args, *(word.value for word in call.keywords)]} for call in connections
    ]
    assert [one for one in given if "task.secrets.append" not in one] == []


def test_no_template_names_the_tasks_of_a_role() -> None:
    """Ansible takes the file of the first host for all hosts: one client would get what is meant for another."""
    root = MODULE_UTILS.parents[1]
    files = [*root.glob("roles/*/tasks/*.yml"), *root.glob("playbooks/**/*.yml")]
    templated = re.compile(r"tasks_from: .*\{\{")
    assert [str(path) for path in files if templated.search(path.read_text())] == []
