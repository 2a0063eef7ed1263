# SPDX-FileCopyrightText: 2026 wabiz.onprem contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""The playbook report: the page of a small fleet, which tests/browser checks more closely."""

from __future__ import annotations

import html
import stat
from collections.abc import Iterator
from pathlib import Path

import pytest
from playbooks.broken_fleet import BROKEN, HOSTILE, MARK, Fleet

from emulator.testing import Emulator

PLAYBOOK = "wabiz.onprem.report"


@pytest.fixture
def few(emulator: Emulator, tmp_path: Path) -> Iterator[Fleet]:
    fleet = Fleet(emulator, tmp_path)
    fleet.add("fine")
    for name in ("b-hostile", "b-no-url", "w-drift"):
        change, options = BROKEN[name]
        fleet.add(name, change, **options)
    yield fleet
    fleet.remove()


def test_the_page_is_written_before_the_playbook_fails(few: Fleet) -> None:
    run = few.run(playbook=PLAYBOOK, campaign_status_mode="0640")
    assert run.code == 2
    path = few.folder / "wabiz-onprem-report.html"
    page = path.read_text()
    assert stat.S_IMODE(path.stat().st_mode) == 0o640
    for name in few.hosts:
        assert f">{name}</th>" in page
    assert "4 clients: 2 critical, 1 warning, 1 ok." in run.output
    assert MARK not in page
    assert page.count("<script>") == 2
    assert html.escape(HOSTILE.split()[0], quote=True).replace("&#x27;", "&#39;") in page


def test_where_it_goes_and_when_it_fails_can_be_said(few: Fleet) -> None:
    path = few.folder / "other.html"
    run = few.run(playbook=PLAYBOOK, campaign_report_html=str(path), campaign_status_fail_at="never")
    assert run.ok
    assert path.read_text().startswith("<!DOCTYPE html>")
    assert not (few.folder / "wabiz-onprem-report.html").exists()
