# SPDX-FileCopyrightText: 2026 wabiz.onprem contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""docs/examples/schedules: units that systemd takes, lines that cron takes, and nothing in them that does not exist."""

from __future__ import annotations

import configparser
import re
import shutil
import subprocess
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
EXAMPLES = ROOT / "docs" / "examples"
SCHEDULES = EXAMPLES / "schedules"
PROGRAMS = "/opt/wabiz-onprem/bin"
TIMERS = sorted(SCHEDULES.glob("*.timer"))
SERVICES = sorted(SCHEDULES.glob("*.service"))
CRON = [
    line
    for line in (SCHEDULES / "wabiz-onprem.cron").read_text().splitlines()
    if re.match(r"[*\d]", line)  # not a comment, and not a variable
]
AWX = (ROOT / "docs" / "howto_awx.md").read_text(encoding="utf-8")


def unit(path: Path) -> configparser.ConfigParser:
    parser = configparser.ConfigParser(interpolation=None, strict=False)
    parser.optionxform = str  # type: ignore[method-assign, assignment]  # as typeshed advises: keep the case
    parser.read(path)
    return parser


def orders() -> list[str]:
    """Every call of ansible-playbook in the examples."""
    found = [unit(path)["Service"]["ExecStart"] for path in SERVICES] + CRON
    return [order.split("ansible-playbook ", 1)[1] for order in found]


def test_there_is_a_timer_for_each_service() -> None:
    assert len(TIMERS) == len(CRON) == 3
    assert [path.stem for path in TIMERS] == [path.stem for path in SERVICES]


def test_systemd_takes_the_units(tmp_path: Path) -> None:
    program = shutil.which("systemd-analyze")
    if not program:
        pytest.skip("systemd-analyze is not installed; the other tests read the units")
    standin = tmp_path / "ansible-playbook"
    standin.symlink_to("/bin/true")
    units = []
    for path in (*SERVICES, *TIMERS):
        units.append(tmp_path / path.name)
        units[-1].write_text(path.read_text().replace(PROGRAMS, str(tmp_path)))
    done = subprocess.run(
        [program, "verify", "--man=no", *map(str, units)], capture_output=True, text=True, check=False
    )
    assert (done.returncode, done.stderr) == (0, "")


@pytest.mark.parametrize("path", TIMERS, ids=lambda path: path.stem)
def test_the_times_of_the_timers(path: Path) -> None:
    timer = unit(path)["Timer"]
    assert re.fullmatch(r"(\*-\*-\* )?[\d,*]+:[\d/]+(:00)?", timer["OnCalendar"])
    program = shutil.which("systemd-analyze")
    if program:
        subprocess.run([program, "calendar", timer["OnCalendar"]], check=True, capture_output=True)


def test_systemd_and_cron_do_the_same_at_the_same_times() -> None:
    def essence(order: str) -> str:
        words = re.sub(r" >.*|-i \S+ ", "", order)
        return re.sub(r"\s+", " ", words).strip()

    assert {essence(order) for order in orders()} == {
        essence(unit(path)["Service"]["ExecStart"].split(" ", 1)[1]) for path in SERVICES
    }
    assert sorted(" ".join(line.split()[:5]) for line in CRON) == ["*/15 * * * *", "0 1,5 * * *", "10 3 * * *"]
    assert all(line.split()[5:8] == ["wabiz-onprem", "flock", "-n"] for line in CRON)


@pytest.mark.parametrize("order", orders())
def test_playbooks_hooks_and_variables_exist(order: str) -> None:
    (playbook,) = re.findall(r"wabiz\.onprem\.(\w+)", order) or [""]
    shipped = ROOT / "playbooks" / f"{playbook}.yml"
    assert shipped.is_file() if playbook else (SCHEDULES / Path(order.split(".yml")[-2] + ".yml").name).is_file()
    for variable in re.findall(r"-e (\w+)=", order):
        assert variable in shipped.read_text()
    for hook in re.findall(r"/etc/wabiz-onprem/hooks/(\S+)", order):
        assert (EXAMPLES / "hooks" / hook).is_file()


def test_the_schedules_of_awx() -> None:
    rules = re.findall(r"^\| (\w+) \| `(DTSTART\S+ RRULE:\S+)` \|$", AWX, re.MULTILINE)
    assert [name for name, _rule in rules] == ["Sweep", "Status", "Collect"]
    templates = re.findall(r"^\| (\w+) \| `[\w.]+` ", AWX, re.MULTILINE)
    assert {name for name, _rule in rules} <= set(templates)
    for _name, rule in rules:
        assert re.fullmatch(
            r"DTSTART(;TZID=[\w/]+:\d{8}T\d{6}|:\d{8}T\d{6}Z) RRULE:FREQ=(DAILY|MINUTELY);INTERVAL=\d+(;BYHOUR=[\d,]+)?",
            rule,
        )
