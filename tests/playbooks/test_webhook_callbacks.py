# SPDX-FileCopyrightText: 2026 wabiz.onprem contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""A client that holds a webhook loses no callback, whatever runs of `present` and `reset` do to its settings."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
from playbooks.helpers import connection, run_tasks, task
from playbooks.receiver import receiving

from emulator.testing import Client, Emulator

RUN_TIMEOUT = 60.0  # seconds until the queue has to be empty


@contextmanager
def traffic(client: Client) -> Iterator[None]:
    """Messages, a few at a time, as long as the block runs."""
    end = threading.Event()

    def send() -> None:
        while not end.wait(0.25):
            client.traffic(2)

    thread = threading.Thread(target=send)
    thread.start()
    try:
        yield
    finally:
        end.set()
        thread.join()


def tasks(first: str, second: str, ledger: str) -> list[dict[str, Any]]:
    """The URL moves, neighbours of it change and are reset, and what would remove it is refused."""
    failing = {"ignore_errors": True}
    steps: list[tuple[dict[str, Any], dict[str, Any]]] = [
        ({}, {"webhooks": {"max_concurrent_requests": 12}, "callback_backoff_delay_ms": 10}),
        ({}, {"webhooks": {"url": second}}),
        ({}, {"webhooks": {"message_status": {"read": False}}, "reset": ["callback_persist"]}),
        ({}, {"reset": ["webhooks.max_concurrent_requests", "webhooks.message_status.read"]}),
        (failing, {"reset": ["webhooks.url"]}),
        (failing, {"state": "default"}),
        (failing, {"webhooks": {"url": ""}}),
        ({}, {"webhooks": {"url": first, "max_concurrent_requests": 24}}),
        ({"check_mode": True}, {"state": "default", "allow_webhook_loss": True}),
        ({}, {"collect_messages": False, "media": {"auto_download": []}}),
    ]
    return [
        task("application_settings", f"Step {number}", keywords=keywords, ledger=ledger, **options)
        for number, (keywords, options) in enumerate(steps)
    ]


@pytest.mark.parametrize("nested", ["replace", "deep"])
@pytest.mark.parametrize("topology", ["single", "multiconnect"])
def test_no_callback_is_lost(
    make_client: Callable[..., Client], emulator: Emulator, tmp_path: Path, nested: str, topology: str
) -> None:
    with receiving(tmp_path) as (receiver, ca_path):
        first, second = receiver.url("one"), receiver.url("two")
        client = make_client(
            nested=nested, topology=topology, callback_ca=ca_path, settings={"webhooks": {"url": first}}
        )
        with traffic(client):
            run = run_tasks(tasks(first, second, str(tmp_path / "ledger.json")), connection(client, emulator), tmp_path)
        assert run.ok
        assert [one.failed for one in run.results] == [4 <= number <= 6 for number in range(10)]
        until = time.monotonic() + RUN_TIMEOUT
        while client.queue()["queued"] and time.monotonic() < until:
            time.sleep(0.05)
        queue = client.queue()
        assert (queue["dropped"], queue["lost"], queue["queued"]) == (0, 0, 0)
        assert queue["total"] == queue["delivered"] == receiver.count > 0
