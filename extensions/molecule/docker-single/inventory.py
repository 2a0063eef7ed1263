#!/usr/bin/env python
# SPDX-FileCopyrightText: 2026 wabiz.onprem contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""The client as containers, one for each scenario: no host where DOCKER_HOST is not set, except with REQUIRE_ENGINES=1."""

from __future__ import annotations

import json
import os
import sys
from pathlib import Path


def variables() -> dict[str, object]:
    cache = Path(os.environ["MOLECULE_PROJECT_DIRECTORY"], ".cache")
    state = cache / "molecule-docker" / os.environ["MOLECULE_SCENARIO_NAME"] / "client.json"
    known = json.loads(state.read_text(encoding="utf-8")) if state.exists() else {}
    connection = {f"wabiz_onprem_{name}": known.get(name) for name in ("api_url", "username", "password", "ca_path")}
    return {
        "ansible_connection": "local",
        "ansible_python_interpreter": sys.executable,
        "molecule_engines": [sys.executable, "-m", "engines"],
        "molecule_inventory": str(Path(__file__).resolve()),
        "molecule_state": str(state),
        "coreapp_docker_stop_timeout": 10,
        "coreapp_started_delay": 1,
        "coreapp_started_retries": 5,
        "coreapp_wait_interval": 1,
        "wabiz_onprem_ledger": str(state.with_name("ledger.json")),
        **connection,
        **known.get("variables", {}),
    }


def main() -> None:
    if os.environ.get("DOCKER_HOST"):
        hosts = {"client": variables()}
    elif os.environ.get("REQUIRE_ENGINES") == "1":
        sys.exit("no Docker Engine: DOCKER_HOST is not set")
    else:
        hosts = {}
    print(json.dumps({"all": {"hosts": list(hosts)}, "_meta": {"hostvars": hosts}}))  # noqa: T201  (an inventory is printed)


if __name__ == "__main__":
    main()
