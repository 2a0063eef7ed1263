# SPDX-FileCopyrightText: 2026 wabiz.onprem contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""docs/tutorial.md, followed word by word."""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path

from playbooks.site import RUN_TIMEOUT

from playbooks import helpers

ROOT = Path(__file__).resolve().parents[2]
PAGE = (ROOT / "docs" / "tutorial.md").read_text(encoding="utf-8")


def test_the_tutorial(tmp_path: Path) -> None:
    begin, *blocks, tidy_up = re.findall(r"```shell\n(.*?)```", PAGE, re.DOTALL)
    (inventory,) = re.findall(r"```yaml\n(.*?)```", PAGE, re.DOTALL)
    (tmp_path / "inventory.yml").write_text(inventory)
    (start,) = re.findall(r"^python -m emulator up.*$", begin, re.MULTILINE)
    env = {
        **helpers.environment(tmp_path / "none"),
        "PATH": f"{Path(sys.executable).parent}:/usr/bin:/bin",
        "PYTHONPATH": str(ROOT / "tests"),
        "WABIZ_EMULATOR_STATE": str(tmp_path / "state"),
    }

    def typed(commands: str) -> str:
        done = subprocess.run(
            ["bash", "-e", "-c", commands],
            cwd=tmp_path,
            env=env,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            timeout=RUN_TIMEOUT,
            check=False,
        )
        assert done.returncode == 0, done.stdout
        return done.stdout

    typed(f"{start} --port 0")  # the port that the page takes may be another's
    try:
        look, write, campaign, end = [typed(block) for block in blocks]
    finally:
        typed(tidy_up)
    assert "auth=tutorial" not in look + write
    assert [recap.split("changed=")[1][0] == "0" for recap in write.split("PLAY RECAP")[1:]] == [False, True]
    assert re.findall(r"^  wacore\d.* (on|off)$", campaign, re.MULTILINE) == ["off"] * 3
    assert re.findall(r"^  wacore\d.* (on|off)$", end, re.MULTILINE) == ["on"] * 3
