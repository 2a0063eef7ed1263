# SPDX-FileCopyrightText: 2026 wabiz.onprem contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""docs/fleet_status.md lists every finding, its check for Nagios works, and its examples have the documented shape."""

from __future__ import annotations

import datetime
import json
import re
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
import yaml

from ansible_collections.wabiz.onprem.plugins.module_utils._status import KINDS, level_of, unknown
from ansible_collections.wabiz.onprem.plugins.plugin_utils import run_summary, sweep_summary

ROOT = Path(__file__).resolve().parents[2]
PAGE = (ROOT / "docs" / "fleet_status.md").read_text(encoding="utf-8")


def block(language: str, beginning: str) -> str:
    """The block of code in this language that begins like this."""
    (found,) = re.findall(rf"```{language}\n({re.escape(beginning)}.*?)```", PAGE, re.DOTALL)
    return str(found)


def test_every_finding_and_its_level() -> None:
    assert dict(re.findall(r"^\| `(\w+)` \| (critical|warning) \|", PAGE, re.MULTILINE)) == KINDS


def test_every_variable() -> None:
    playbook = (ROOT / "playbooks" / "campaign_status.yml").read_text(encoding="utf-8")
    used = set(re.findall(r"(campaign_status_\w+) \| default", playbook))
    assert set(re.findall(r"^\| `(campaign_status_\w+)` \|", PAGE, re.MULTILINE)) <= used
    assert [name for name in used if name not in PAGE] == []


def test_the_document() -> None:
    shown = json.loads(block("json", '{\n "schema"'))
    (client,) = shown["clients"]
    assert set(shown) == {"schema", "made", "summary", "clients"}
    assert set(client) == {"name", *unknown(None)}
    assert client["level"] == level_of(client["findings"])


def test_what_the_hook_of_the_sweep_gets() -> None:
    shown = json.loads(block("json", '{\n "summary"'))
    wanted = list(sweep_summary.swept(run_summary.judge("one", {}, False), {}))
    assert [list(client) for client in shown["clients"]] == [wanted] * 3
    assert set(shown["summary"]) == {"clients", *(client["outcome"] for client in shown["clients"])}


def status(worst: str, age: datetime.timedelta) -> dict[str, Any]:
    made = datetime.datetime.now(datetime.timezone.utc) - age
    text = "Campaign \x1b[31mred|\nsecond should have ended."
    return {
        "made": made.strftime("%Y-%m-%dT%H:%M:%SZ"),
        "summary": {"clients": 1, "critical": 0, "warning": 0, "ok": 0, worst: 1, "worst": worst},
        "clients": [{"name": "one", "findings": [] if worst == "ok" else [{"text": text}]}],
    }


@pytest.mark.parametrize(
    ("worst", "minutes", "code"),
    [("ok", 1, 0), ("warning", 1, 1), ("critical", 1, 2), ("ok", 31, 3), ("ok", None, 3)],
)
def test_the_check_for_nagios(tmp_path: Path, worst: str, minutes: int | None, code: int) -> None:
    (tmp_path / "check.py").write_text(block("python", "#!/usr/bin/env python3"))
    if minutes is not None:
        (tmp_path / "status.json").write_text(json.dumps(status(worst, datetime.timedelta(minutes=minutes))))
    done = subprocess.run(
        [sys.executable, "check.py", "status.json"], cwd=tmp_path, capture_output=True, text=True, check=False
    )
    assert (done.returncode, done.stderr) == (code, "")
    first, *findings = done.stdout.splitlines()
    assert first.startswith(("OK: ", "WARNING: ", "CRITICAL: ", "UNKNOWN: ")[code])
    assert findings == (["one: Campaign  [31mred/ second should have ended."] if 0 < code < 3 else [])


def test_the_finding_of_the_modules_documentation() -> None:
    module = (ROOT / "plugins" / "modules" / "client_status.py").read_text(encoding="utf-8")
    returned = yaml.safe_load(module.split('RETURN = r"""')[1].split('"""')[0])
    assert returned["client"]["contains"]["findings"]["contains"]["text"]["sample"] in " ".join(PAGE.split())
