# SPDX-FileCopyrightText: 2026 wabiz.onprem contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""The shipped playbooks leave Ansible's check of role arguments out, as the modules check them."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from playbooks.site import Site

from emulator.testing import Client, Emulator


@pytest.mark.parametrize(
    ("playbook", "given", "message"),
    [
        ("campaign_sweep", {"campaign_mode_after": "maybe"}, "value of after must be one of: on, off, previous"),
        ("settings", {"application_settings_allow_webhook_loss": "maybe"}, "unable to convert to bool"),
        ("settings", {"wabiz_onprem_ledger": {"a": "file"}}, "the path of the ledger must be absolute and printable"),
    ],
)
def test_refused_before_anything_is_done(
    emulator: Emulator,
    make_client: Callable[..., Client],
    tmp_path: Path,
    playbook: str,
    given: dict[str, Any],
    message: str,
) -> None:
    site = Site(emulator, tmp_path, {"one": make_client()})
    run = site.run(playbook, "-e", json.dumps(given))
    assert run.code and message in run.output, run.output
    assert site.clients["one"].writes() == [] and not site.ledger_path("one").exists()
