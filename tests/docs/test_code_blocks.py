# SPDX-FileCopyrightText: 2026 wabiz.onprem contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Every block of code in README and docs is checked: parsed, linted, and every name in it known."""

from __future__ import annotations

import ast
import importlib
import json
import os
import re
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest
import yaml
from ansible.cli.adhoc import AdHocCLI
from ansible.cli.galaxy import GalaxyCLI
from ansible.cli.playbook import PlaybookCLI
from ansible.cli.vault import VaultCLI
from docs.code_blocks import ROOT, Block, blocks, commands, kind

from ansible_collections.wabiz.onprem.plugins.module_utils._api import connection
from emulator import commandline

TOOLS = Path(sys.executable).parent
SHELL = ("shell", "sh", "console")
# What a reader's system brings along, or what they have who build execution environments.
OF_THE_SYSTEM = {
    "ansible-navigator",
    "cd",
    "cp",
    "crontab",
    "docker",
    "export",
    "git",
    "install",
    "rm",
    "systemctl",
    "tail",
}
# Modules of collections that readers have who need them, and tests do not.
OF_OTHERS = ("awx.awx.schedule",)
# Beside them: `text` is what a program has printed, and Sphinx reads the toctree.
CHECKED = {*SHELL, "yaml", "python", "json", "text", "{toctree}"}
ENVIRONMENT = {
    **{name: value for name, value in os.environ.items() if not name.startswith("ANSIBLE_")},
    "PATH": f"{TOOLS}:{os.environ['PATH']}",
    "ANSIBLE_COLLECTIONS_PATH": os.environ.get("ANSIBLE_COLLECTIONS_PATH") or str(ROOT / ".venv" / "collections"),
    "ANSIBLE_NOCOLOR": "1",
}


def of_kind(*kinds: str) -> list[Block]:
    return [block for block in blocks("yaml") if kind(block) in kinds]


def run(*command: str | Path, more: Path | None = None) -> subprocess.CompletedProcess[str]:
    """Runs a command that must succeed; `more` is a further folder of collections."""
    environment = dict(ENVIRONMENT)
    if more is not None:
        environment["ANSIBLE_COLLECTIONS_PATH"] += f":{more}"
    done = subprocess.run(command, cwd=ROOT, env=environment, capture_output=True, text=True, check=False)
    assert done.returncode == 0, f"{done.stdout}\n{done.stderr}"
    return done


def written(block: Block, folder: Path) -> Path:
    """A block of YAML as a file; tasks become a play."""
    code = block.code.removeprefix("---\n")
    if kind(block) == "tasks":
        play = "- name: Tasks\n  hosts: all\n  gather_facts: false\n  tasks:\n"
        code = play + "".join(f"    {line}".rstrip() + "\n" for line in code.splitlines())
    path = folder / f"{block.page.stem}_{block.line}.yml"
    path.write_text(f"---\n{code}", encoding="utf-8")
    return path


def test_there_are_blocks_and_each_is_of_a_language_that_is_checked() -> None:
    assert len(blocks()) > 40
    assert [f"{block}: {block.language}" for block in blocks() if block.language not in CHECKED] == []


def test_playbooks_and_tasks(tmp_path: Path) -> None:
    """Each module and option exists, as far as Ansible checks it, and ansible-lint has nothing to say."""
    files = [str(written(block, tmp_path)) for block in of_kind("playbook", "tasks")]
    assert len(files) >= 3
    hosts = tmp_path / "hosts"
    hosts.write_text("[wa_clients]\none\n")
    for name in OF_OTHERS:
        namespace, collection, module = name.split(".")
        stand_in = tmp_path / "collections" / "ansible_collections" / namespace / collection / "plugins" / "modules"
        stand_in.mkdir(parents=True)
        (stand_in / f"{module}.py").touch()
    more = tmp_path / "collections"
    run("ansible-playbook", "--syntax-check", "-i", hosts, *files, more=more)
    run("ansible-lint", "--offline", "--nocolor", "-q", "-c", ROOT / ".ansible-lint", *files, more=more)


@pytest.mark.parametrize("block", of_kind("inventory"), ids=str)
def test_inventories(block: Block, tmp_path: Path) -> None:
    shown = json.loads(run("ansible-inventory", "--list", "-i", written(block, tmp_path)).stdout)
    clients = [name for name, variables in shown["_meta"]["hostvars"].items() if "wabiz_onprem_api_url" in variables]
    assert clients


@pytest.mark.parametrize("block", of_kind("environment"), ids=str)
def test_execution_environments(block: Block, tmp_path: Path) -> None:
    run("ansible-builder", "create", "-f", written(block, tmp_path), "-c", tmp_path / "context")
    assert "wabiz.onprem" in (tmp_path / "context" / "_build" / "requirements.yml").read_text()


def test_the_example_of_an_execution_environment_is_the_one_of_the_page() -> None:
    example = ROOT / "docs" / "examples" / "execution_environment" / "execution-environment.yml"
    assert [yaml.safe_load(example.read_text())] == [block.data() for block in of_kind("environment")][:1]


def test_the_smoke_test_knows_every_playbook() -> None:
    smoke = (ROOT / "docs" / "examples" / "execution_environment" / "smoke.yml").read_text(encoding="utf-8")
    (named,) = re.findall(r"loop: \[(.*)\]", smoke)
    assert named.split(", ") == sorted(path.stem for path in (ROOT / "playbooks").glob("*.yml"))


@pytest.mark.parametrize("block", of_kind("changelog"), ids=str)
def test_changelog_fragments(block: Block, tmp_path: Path) -> None:
    run("antsibull-changelog", "lint", written(block, tmp_path))


@pytest.mark.parametrize("block", blocks("json"), ids=str)
def test_json(block: Block) -> None:
    json.loads(block.code)


@pytest.mark.parametrize("block", blocks("python"), ids=str)
def test_python(block: Block) -> None:
    """It compiles, and what it imports can be imported."""
    for node in ast.walk(ast.parse(block.code)):
        if isinstance(node, ast.ImportFrom):
            module = importlib.import_module(str(node.module))
            assert all(hasattr(module, name.name) for name in node.names)
        elif isinstance(node, ast.Import):
            assert all(importlib.import_module(name.name) for name in node.names)


@pytest.mark.parametrize("block", blocks("shell", "sh"), ids=str)
def test_shellcheck(block: Block, tmp_path: Path) -> None:
    script = tmp_path / "script"
    # As one types them: the folder of one command is that of the next, and no one leaves when it cannot be entered.
    script.write_text(block.code)
    run("shellcheck", "--shell=bash", "--exclude=SC2164", script)


@pytest.mark.parametrize("block", blocks(*SHELL), ids=str)
def test_commands(block: Block) -> None:
    """Each program is known, and takes these arguments."""
    found = list(commands(block.code))
    assert found
    for words in found:
        check_command(words)


def check_command(words: list[str]) -> None:
    program = words[0].removeprefix(".venv/bin/")
    if program in ("python", "pytest") and words[1:3] == ["-m", "emulator"]:
        commandline.parser().parse_args(words[3:])
    elif program in PROGRAMS:
        PROGRAMS[program](words)
    elif "/" in program:
        assert os.access(ROOT / program, os.X_OK), words
    else:
        assert program in OF_THE_SYSTEM or (TOOLS / program).exists(), words


def check_make(words: list[str]) -> None:
    targets = re.findall(r"^(\w+):.*## ", (ROOT / "Makefile").read_text(), re.MULTILINE)
    assert set(words[1:]) <= set(targets), words


def check_playbook(words: list[str]) -> None:
    cli = PlaybookCLI(words)
    cli.init_parser()
    for playbook in cli.parser.parse_args(words[1:]).args:
        if playbook.startswith("wabiz.onprem."):
            assert (ROOT / "playbooks" / f"{playbook.rpartition('.')[2]}.yml").is_file(), playbook
        else:
            assert (ROOT / playbook).is_file(), playbook


def check_adhoc(words: list[str]) -> None:
    cli = AdHocCLI(words)
    cli.init_parser()
    module = cli.parser.parse_args(words[1:]).module_name.rpartition(".")[2]
    assert (ROOT / "plugins" / "modules" / f"{module}.py").is_file()


def parsed_by(cli_class: Callable[[list[str]], GalaxyCLI | VaultCLI]) -> Callable[[list[str]], None]:
    def check(words: list[str]) -> None:
        cli = cli_class(words)
        cli.init_parser()
        cli.parser.parse_args(words[1:])

    return check


PROGRAMS: dict[str, Callable[[list[str]], None]] = {
    "make": check_make,
    "ansible": check_adhoc,
    "ansible-playbook": check_playbook,
    "ansible-galaxy": parsed_by(GalaxyCLI),
    "ansible-vault": parsed_by(VaultCLI),
}


def test_names_of_variables() -> None:
    """Every variable that a page names is one that the collection reads."""
    name = re.compile(r"\b(?:wabiz_onprem|coreapp|campaign_mode|campaign_status|campaign_report)_\w+\b(?!/|\.\w)")
    sources = [
        path.read_text(encoding="utf-8")
        for folder in ("plugins", "roles", "playbooks")
        for path in (ROOT / folder).rglob("*")
        if path.suffix in (".py", ".yml", ".j2")
    ]
    known = {found for source in sources for found in name.findall(source)}
    known |= {f"{path.stem}_role" for path in (ROOT / "roles").iterdir()}
    known |= {f"wabiz_onprem_{option}" for option in connection.OPTIONS}
    named = {(str(block), found) for block in blocks() for found in name.findall(block.code)}
    for page in sorted({block.page for block in blocks()}):
        named |= {(page.name, found) for found in name.findall(page.read_text(encoding="utf-8"))}
    assert sorted((where, what) for where, what in named if what not in known) == []


def test_settings_in_variables() -> None:
    """The settings that examples declare are options of the module."""
    module = (ROOT / "plugins" / "modules" / "application_settings.py").read_text(encoding="utf-8")
    options = set(yaml.safe_load(module.split('DOCUMENTATION = r"""')[1].split('"""')[0])["options"])
    declared = [match for block in blocks("yaml") for match in settings_in(block.data())]
    assert len(declared) >= 3
    assert [sorted(set(one) - options) for one in declared if set(one) - options] == []


def settings_in(data: object) -> list[dict[str, object]]:
    if isinstance(data, list):
        return [found for one in data for found in settings_in(one)]
    if not isinstance(data, dict):
        return []
    found = [value for key, value in data.items() if key == "wabiz_onprem_settings" and isinstance(value, dict)]
    return found + [one for value in data.values() for one in settings_in(value)]
