# Copyright (c) 2026, wabiz.onprem contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-FileCopyrightText: 2026 wabiz.onprem contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""The command line: `python -m emulator ...`."""

from __future__ import annotations

import argparse
import http.client
import os
import shutil
import signal
import sys
from pathlib import Path

from . import commands
from .environment import node_options, probe, webapp_options
from .errors import EmulatorError
from .node import run_node
from .options import add_client_options, fleet_clients
from .serve_options import ServeOptions
from .statefolder import StateFolder, default_folder

HTTPS_PORT = 9090  # where the product's Webapp is published


def parser() -> argparse.ArgumentParser:
    top = argparse.ArgumentParser(
        prog="emulator", description="A stand-in for the WhatsApp Business On-Premises client."
    )
    several = top.add_subparsers(dest="command", required=True, metavar="COMMAND")

    def command(name: str, text: str) -> argparse.ArgumentParser:
        return several.add_parser(name, help=text, description=text)

    up = command("up", "Starts an emulator in the background; returns when it is ready.")
    _state(up)
    add_client_options(up)
    up.add_argument("--port", type=int, default=HTTPS_PORT, help="0: a free one (%(default)s)")
    up.set_defaults(run=commands.up)
    down = command("down", "Ends the emulator.")
    _state(down)
    down.set_defaults(run=commands.down)
    status = command("status", "Nodes, what is in effect, message rows, callbacks.")
    _state(status)
    status.add_argument("--client", metavar="NAME", help="of a fleet: this client alone")
    status.set_defaults(run=commands.status)
    for name, text in (
        ("restart", "End a node and start it again: it reads its settings anew."),
        ("stop", "End a node."),
        ("start", "Start a node that was ended."),
    ):
        order = command(name, text)
        _state(order)
        order.add_argument("node", metavar="NODE", help="wacore, wacore1, master1 ...; in a fleet client001/wacore")
        order.set_defaults(run=commands.node_order)
    started = command(
        "started", "Print when a node was started: the proof of a restart. Exit with 1 while it does not run."
    )
    _state(started)
    started.add_argument("node", metavar="NODE")
    started.set_defaults(run=commands.started)
    _add_traffic(command("traffic", "Sends messages, which makes rows and callbacks."))
    _add_foreground(several)
    return top


def _state(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "--state", type=Path, default=default_folder(), metavar="DIR", help="folder of this emulator (%(default)s)"
    )
    parser.add_argument("--json", action="store_true", help="answer for machines")


def _add_traffic(parser: argparse.ArgumentParser) -> None:
    _state(parser)
    parser.add_argument("--count", type=int, help="so many messages, at once")
    parser.add_argument("--rate", type=float, default=10.0, help="messages per second (%(default)s)")
    parser.add_argument("--seconds", type=float, default=10.0, help="for so long (%(default)s)")
    parser.add_argument("--client", metavar="NAME", help="of a fleet: this client (default: the first)")
    parser.set_defaults(run=commands.traffic)


def _add_foreground(several: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    serve = several.add_parser("serve", help="A fleet in the foreground; prints its port when it is ready.")
    _state(serve)
    add_client_options(serve)
    serve.add_argument("--port", type=int, default=0, help="default: a free one")
    serve.add_argument("--end-with-stdin", action="store_true", help="end when standard input is closed")
    serve.add_argument("--temporary", action="store_true", help="remove the folder at the end")
    serve.set_defaults(run=_serve)
    several.add_parser("webapp", help="The Webapp in the foreground, defined by its environment.").set_defaults(
        run=_webapp
    )
    several.add_parser(
        "coreapp", help="A Coreapp or master in the foreground, defined by its environment."
    ).set_defaults(run=_coreapp)
    several.add_parser("probe", help="Whether the node of this environment is up.").set_defaults(run=_probe)


def _serve(options: argparse.Namespace) -> int:
    from .serve import serve

    StateFolder(options.state).prepare()
    serve(
        ServeOptions(
            database=options.state / "emulator.sqlite",
            port=options.port,
            speed=options.speed,
            clients=fleet_clients(options),
            end_with_stdin=options.end_with_stdin,
        )
    )
    if options.temporary:
        shutil.rmtree(options.state, ignore_errors=True)
    return 0


def _webapp(_options: argparse.Namespace) -> int:
    from .serve import serve

    serve(webapp_options(os.environ))
    return 0


def _coreapp(_options: argparse.Namespace) -> int:
    run_node(node_options(os.environ))
    return 0


def _probe(_options: argparse.Namespace) -> int:
    status = probe(os.environ)
    print(status or "not up")
    return 0 if status else 1


def main(arguments: list[str] | None = None) -> int:
    # As the first process of a container there is no default for this signal: it would be ignored.
    signal.signal(signal.SIGTERM, lambda *_dummy: sys.exit(128 + signal.SIGTERM))
    options = parser().parse_args(arguments)
    try:
        return int(options.run(options))
    except (EmulatorError, commands.ControlError) as error:
        print(f"emulator: {error}", file=sys.stderr)
        return 1
    except (OSError, http.client.HTTPException) as error:
        print(f"emulator: {options.command} failed: {error}", file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        return 130
