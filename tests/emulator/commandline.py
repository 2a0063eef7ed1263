# Copyright (c) 2026, wabiz.onprem contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-FileCopyrightText: 2026 wabiz.onprem contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""The command line: `python -m emulator ...`."""

from __future__ import annotations

import argparse
import sys
from pathlib import Path

from .errors import EmulatorError
from .serve import ServeOptions, serve


def parser() -> argparse.ArgumentParser:
    top = argparse.ArgumentParser(
        prog="emulator", description="A stand-in for the WhatsApp Business On-Premises client."
    )
    commands = top.add_subparsers(dest="command", required=True, metavar="COMMAND")
    fleet = commands.add_parser("serve", help="a fleet in the foreground, in one process; says its port when ready")
    fleet.add_argument("--state", type=Path, required=True, metavar="DIR", help="folder for the database and ca.pem")
    fleet.add_argument("--port", type=int, default=0, help="default: a free one")
    fleet.add_argument("--speed", type=float, default=1.0, help="how much faster than the product time passes")
    fleet.add_argument("--end-with-stdin", action="store_true", help="end when standard input is closed")
    fleet.set_defaults(run=_serve)
    return top


def _serve(options: argparse.Namespace) -> int:
    options.state.mkdir(parents=True, exist_ok=True)
    database = options.state / "emulator.sqlite"
    serve(
        ServeOptions(
            database=database,
            ca_path=options.state / "ca.pem",
            port=options.port,
            speed=options.speed,
            end_with_stdin=options.end_with_stdin,
        )
    )
    return 0


def main(arguments: list[str] | None = None) -> int:
    options = parser().parse_args(arguments)
    try:
        return int(options.run(options))
    except EmulatorError as error:
        print(f"emulator: {error}", file=sys.stderr)
        return 1
