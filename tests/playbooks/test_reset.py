# SPDX-FileCopyrightText: 2026 wabiz.onprem contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""The playbook `reset`: single settings, and everything."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

from playbooks.site import Site

from emulator.testing import Client, Emulator

URL = "https://hooks.example.com/wa?auth=s3cret-of-the-hook"


def test_reset(make_client: Callable[..., Client], emulator: Emulator, tmp_path: Path) -> None:
    changed = {"callback_persist": False, "callback_backoff_delay_ms": 5000, "webhooks": {"url": URL}}
    site = Site(emulator, tmp_path, {"one": make_client(settings=changed)})
    client = site.clients["one"]

    nothing_said = site.run("reset")
    assert not nothing_said.ok
    assert client.writes() == []

    single = site.run("reset", "-e", json.dumps({"wabiz_onprem_reset": ["callback_persist"]}))
    assert single.ok
    assert client.stored()["callback_persist"] is True
    assert client.stored()["callback_backoff_delay_ms"] == 5000
    assert site.in_effect("one", "callback_persist") == {True}

    loses_the_webhook = site.run("reset", "-e", "wabiz_onprem_reset=all")
    assert not loses_the_webhook.ok
    assert "allow_webhook_loss" in loses_the_webhook.output
    assert client.stored()["webhooks.url"] == URL

    everything = site.run("reset", "-e", "wabiz_onprem_reset=all", "-e", "wabiz_onprem_allow_webhook_loss=true")
    assert everything.ok
    assert client.stored()["callback_backoff_delay_ms"] == 3000
    assert client.stored()["webhooks.url"] == ""
    assert site.nothing_is_pending("one")
    assert "s3cret" not in "".join(run.output for run in (single, loses_the_webhook, everything))

    client.clear_calls()
    again = site.run("reset", "-e", "wabiz_onprem_reset=all", "-e", "wabiz_onprem_allow_webhook_loss=true")
    assert again.ok and client.writes() == []
