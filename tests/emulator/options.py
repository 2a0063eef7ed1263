# Copyright (c) 2026, wabiz.onprem contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-FileCopyrightText: 2026 wabiz.onprem contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Options of the command line that say how clients are made."""

from __future__ import annotations

import argparse
import json
from dataclasses import fields
from typing import Any

from .catalog import DEFAULT_VERSION, VERSIONS
from .config import CHOICES, SHARD_COUNTS, ClientConfig, make_config
from .errors import EmulatorError

# These have options of their own; everything else is given by --option.
NAMED = ("version", "topology", "shards", "masters", "coreapps", "nested", "password", "speed")
# A node takes long enough to start, and rows live long enough, for a person to see them.
UNHURRIED = {"initialize_seconds": 0.5, "connect_seconds": 0.5, "collect_interval": 1.0, "collect_age": 3.0}


def add_client_options(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--version", choices=VERSIONS, default=DEFAULT_VERSION, help="client version (%(default)s)")
    parser.add_argument("--topology", choices=CHOICES["topology"], default="single", help="(%(default)s)")
    parser.add_argument("--shards", type=int, default=2, help=f"{', '.join(map(str, SHARD_COUNTS))} (%(default)s)")
    parser.add_argument("--masters", type=int, default=2, help="(%(default)s)")
    parser.add_argument("--coreapps", type=int, default=3, help="(%(default)s)")
    parser.add_argument(
        "--nested",
        choices=CHOICES["nested"],
        default="replace",
        help="what a PATCH does to an object that it names: merge it deeply, or replace it (%(default)s)",
    )
    parser.add_argument("--password", help='of the account admin; "secret" is what the product ships with')
    parser.add_argument("--speed", type=float, default=1.0, help="how much faster than in the product time passes")
    others = sorted(field.name for field in fields(ClientConfig) if field.name not in NAMED)
    parser.add_argument(
        "--option", action="append", default=[], metavar="NAME=VALUE", help=f"any of: {', '.join(others)}"
    )
    parser.add_argument("--clients", type=_count, default=0, metavar="N", help="a fleet of N clients in one process")


def _count(text: str) -> int:
    number = int(text)
    if number < 0:
        raise argparse.ArgumentTypeError("must not be negative")
    return number


def client_values(options: argparse.Namespace) -> dict[str, Any]:
    """The options of a client as they were given."""
    values: dict[str, Any] = {name: getattr(options, name) for name in NAMED if getattr(options, name) is not None}
    for pair in options.option:
        name, equals, text = pair.partition("=")
        if not equals:
            raise EmulatorError(f"--option takes NAME=VALUE, not {pair}")
        values[name] = _value(name, text)
    return values


def _value(name: str, text: str) -> Any:
    if isinstance(getattr(ClientConfig(), name, ""), str):
        return text
    try:
        return json.loads(text)
    except ValueError:
        kind = "a JSON object" if name == "nodes" else "a number, true or false"
        raise EmulatorError(f"--option {name} takes {kind}, not {text}") from None


def client_config(options: argparse.Namespace) -> ClientConfig:
    return make_config({**UNHURRIED, **client_values(options)})


def fleet_clients(options: argparse.Namespace) -> tuple[dict[str, Any], ...]:
    """The clients of a fleet, client001 and on."""
    values = client_values(options)
    make_config(values)
    return tuple({"name": f"client{number:03d}", **values} for number in range(1, options.clients + 1))


def fleet_arguments(options: argparse.Namespace) -> list[str]:
    """The same options for another process."""
    arguments = ["--port", str(options.port), "--clients", str(options.clients)]
    for name, value in client_values(options).items():
        text = value if isinstance(value, str) else json.dumps(value)
        arguments += [f"--{name}", text] if name in NAMED else ["--option", f"{name}={text}"]
    return arguments
