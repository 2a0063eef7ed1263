# SPDX-FileCopyrightText: 2026 wabiz.onprem contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Two runs on one client: the second comes after the first has written its ledger, and before it looks at the client."""

from __future__ import annotations

import json
import shlex
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from playbooks.helpers import Run, command
from playbooks.site import Site

from emulator.testing import Client, Emulator


@pytest.fixture
def site(emulator: Emulator, make_client: Callable[..., Client], tmp_path: Path) -> Iterator[Site]:
    """One client, whose restarts are put off: they are not what this is about."""
    one = Site(emulator, tmp_path, {"one": make_client()})
    one.hosts["one"]["coreapp_restart"] = "defer"
    yield one


def campaign(playbook: str, name: str) -> list[str]:
    return [f"wabiz.onprem.campaign_{playbook}", "-e", json.dumps({"campaign_mode_name": name})]


def run_between(site: Site, first: list[str], second: list[str]) -> Run:
    """The first run, and the whole of the second after the first has written its ledger and before it looks at the client.

    The path of the ledger is the last thing that the first one asks for; whoever answers runs the second one.
    """
    there = site.folder / "second"
    there.mkdir()
    ledger, before = site.ledger_path("one"), site.folder / "before.json"
    before.write_bytes(ledger.read_bytes() if ledger.exists() else b"")
    run_second = shlex.join(command(second[0], there, second[1:], site.inventory()))
    script = site.folder / "ledger_path"
    script.write_text(
        f"""#!/bin/sh
        if [ -e {ledger} ] && ! cmp -s {ledger} {before} && mkdir {there}/begun; then
          WABIZ_TEST_RESULTS={there}/results {run_second} > {there}/output 2>&1 || echo failed >> {there}/output
        fi 2> /dev/null
        printf %s {ledger}
        """
    )
    script.chmod(0o700)
    lookup = "{{ lookup('ansible.builtin.pipe', '%s') }}" % script
    more = json.dumps({"campaign_mode_ledger": lookup})
    run = site.run(first[0].removeprefix("wabiz.onprem."), *first[1:], "-e", more)
    output = (there / "output").read_text()
    assert "failed=0" in output and "unreachable=0" in output and not output.endswith("failed\n"), output
    return run


def test_the_last_campaign_ends_while_another_one_is_ending(site: Site) -> None:
    assert site.run("campaign_begin", *campaign("begin", "a")[1:]).ok
    assert site.run("campaign_begin", *campaign("begin", "b")[1:]).ok
    run = run_between(site, campaign("end", "a"), campaign("end", "b"))
    assert run.ok
    assert site.ledger("one")["campaigns"] == {}
    assert site.clients["one"].stored()["garbagecollector_enable.messages"] is True


def test_a_campaign_ends_while_it_is_beginning(site: Site) -> None:
    run = run_between(site, campaign("begin", "a"), campaign("end", "a"))
    assert run.ok
    assert site.ledger("one")["campaigns"] == {}
    assert site.clients["one"].stored()["garbagecollector_enable.messages"] is True


def test_a_campaign_begins_while_the_last_one_is_ending(site: Site) -> None:
    assert site.run("campaign_begin", *campaign("begin", "a")[1:]).ok
    run = run_between(site, campaign("end", "a"), campaign("begin", "b"))
    assert run.ok
    assert list(site.ledger("one")["campaigns"]) == ["b"]
    assert site.clients["one"].stored()["garbagecollector_enable.messages"] is False
