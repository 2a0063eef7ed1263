# SPDX-FileCopyrightText: 2026 wabiz.onprem contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""What a user of the strategy `command` brings: restarts a node of an emulated client, or prints when it was started.

    python node_command.py restart|started|refuse|hang CONTROL_URL CA_PATH NODE

`refuse` fails and does nothing; `hang` stops the node and never comes to the start.
"""

from __future__ import annotations

import json
import ssl
import sys
import time
import urllib.request
from typing import Any


def control(url: str, ca_path: str, method: str, path: str) -> Any:
    request = urllib.request.Request(f"{url}/{path}", method=method, data=b"{}" if method == "POST" else None)  # noqa: S310  (the emulator)
    context = ssl.create_default_context(cafile=ca_path)
    with urllib.request.urlopen(request, context=context, timeout=20) as answer:  # noqa: S310  (the emulator)
        return json.loads(answer.read())


def main(order: str, url: str, ca_path: str, name: str) -> None:
    if order == "restart":
        control(url, ca_path, "POST", f"nodes/{name}/restart")
        return
    if order == "refuse":
        sys.exit("the engine is on strike")
    if order == "hang":
        control(url, ca_path, "POST", f"nodes/{name}/stop")
        time.sleep(600)
    node = next(one for one in control(url, ca_path, "GET", "nodes") if one["name"] == name)
    print(node["started"] if node["running"] else "")  # noqa: T201


if __name__ == "__main__":
    main(*sys.argv[1:])
