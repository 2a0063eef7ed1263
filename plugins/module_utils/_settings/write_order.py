# Copyright (c) 2026, wabiz.onprem contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-FileCopyrightText: 2026 wabiz.onprem contributors
# SPDX-License-Identifier: GPL-3.0-or-later

# Note that this module util is **PRIVATE** to the collection. It can have breaking changes at any time.
"""Writes to the settings resource so that no restart is lost: noted before, owed after, verified.

The order is the point: the ledger says *intended* before anything is sent, and *owed* before anything else is done.
"""

from __future__ import annotations

import copy
from typing import Any, Callable, Mapping

from .._api.client import Client
from .._common.errors import CallError
from .._ledger import pending_restart
from .._ledger.file import Ledger
from . import planning
from .catalog import BY_NAME
from .resource import PATH, fetch

ANYTHING = ""  # in the place of the hash of what was sent: it equals none


def _noted(
    ledger: Ledger,
    hidden: list[str],
    before: Mapping[str, Any],
    after: Mapping[str, Any] | None,
    write: Callable[[], Any],
) -> None:
    """Makes a write with its intention in the ledger. A refusal withdraws it; an unknown outcome leaves it standing.

    :arg hidden: what is written and GET does not show: until the outcome is known, anything may have been sent of these.
    :arg before: those of them that need a restart, with their values; ``after`` likewise.
    """
    sent_before = dict(ledger.data["sent"])
    if before:
        pending_restart.intend(ledger.data, before, after)
    ledger.data["sent"].update(dict.fromkeys(hidden, ANYTHING))
    ledger.save()
    try:
        write()
    except CallError as error:
        if not error.outcome_unknown:
            pending_restart.withdraw(ledger.data)
            ledger.data["sent"] = sent_before
            ledger.save()
        raise


def patch(ledger: Ledger, client: Client, before: planning.Snapshot, plan: planning.Plan) -> planning.Snapshot:
    """Sends the plan's one PATCH and verifies it by a GET, which is returned."""
    restart = {name: plan.wanted[name] for name in plan.restart}
    doing = "change {}".format(", ".join(plan.changed))
    hidden = [name for name in plan.changed if not planning.shown_value(before, name)[0]]
    _noted(
        ledger,
        hidden,
        {name: before.values.get(name) for name in restart},
        restart,
        lambda: client.patch(PATH, plan.body, doing),
    )
    owed_before = copy.deepcopy(ledger.data["restart"])
    if restart:
        pending_restart.owe(ledger.data, restart)
    for name in hidden:
        ledger.remember_sent(name, plan.wanted[name])
    ledger.save()
    after = fetch(client)
    _verify(ledger, client, before, after, plan, owed_before)
    return after


def _verify(
    ledger: Ledger,
    client: Client,
    before: planning.Snapshot,
    after: planning.Snapshot,
    plan: planning.Plan,
    owed_before: dict[str, Any] | None,
) -> None:
    for name in plan.changed:
        if planning.shown_value(after, name)[0]:
            ledger.data["sent"].pop(name, None)  # GET shows it from now on
    lost = planning.not_kept(before, after, plan)
    if lost and plan.restart and set(plan.restart) <= set(lost):
        ledger.data["restart"] = owed_before  # nothing has changed that a restart would bring into effect
    ledger.save()
    if lost:
        raise client.error(
            "PATCH {} was answered with success, but GET shows that the client did not keep {}".format(
                PATH, ", ".join(lost)
            ),
            "See whether this client version supports the value, and whether somebody else writes the settings too.",
            "change {}".format(", ".join(plan.changed)),
            method="PATCH",
            path=PATH,
        )


def reset_all(ledger: Ledger, client: Client, before: planning.Snapshot) -> planning.Snapshot:
    """Sends DELETE, and returns what a GET shows afterwards."""
    at_stake = {name: value for name, value in before.values.items() if BY_NAME[name].restart}
    hidden = [name for name in ledger.data["sent"] if name in BY_NAME and BY_NAME[name].restart]
    at_stake.update(dict.fromkeys(hidden, "(sent, not shown)"))
    everything = list(ledger.data["sent"])
    _noted(ledger, everything, at_stake, None, lambda: client.delete(PATH, "reset the application settings"))
    ledger.data["sent"] = {}
    after = fetch(client)
    pending_restart.resolve(ledger.data, after.values)
    ignored = _not_reset(before, after)
    if not ignored:
        remember_default(ledger, after)
    ledger.save()
    if ignored:
        raise client.error(
            "DELETE {} was answered with success, but GET shows nothing changed: the client did not keep it ({})".format(
                PATH, ", ".join(ignored)
            ),
            "See whether somebody else writes the settings too, and look into the log of the Coreapp.",
            "reset the application settings",
            method="DELETE",
            path=PATH,
        )
    return after


def _not_reset(before: planning.Snapshot, after: planning.Snapshot) -> list[str]:
    """The settings that a reset certainly has to change, where it has changed none at all."""
    if (before.values, before.extra) != (after.values, after.extra):
        return []
    return [
        name for name, value in after.values.items() if BY_NAME[name].default_certain and value != BY_NAME[name].default
    ]


def _everything(client: planning.Snapshot) -> dict[str, Any]:
    return dict(client.values, **{planning.EXTRA + key: value for key, value in client.extra.items()})


def remember_default(ledger: Ledger, after: planning.Snapshot) -> None:
    """Keeps what the client looks like right after a reset, as keyed hashes."""
    ledger.make_key()
    ledger.data["at_default"] = {name: ledger.fingerprint(value) for name, value in _everything(after).items()}


def differs_from_default(ledger: Ledger, current: planning.Snapshot) -> list[str] | None:
    """The names that differ from what the client looked like right after its last reset; None where that is not known.

    What was sent since then and is never shown differs too.
    """
    remembered = ledger.data["at_default"]
    if remembered is None:
        return None
    now = {name: ledger.fingerprint(value) for name, value in _everything(current).items()}
    names = set(remembered) | set(now)
    return sorted({name for name in names if remembered.get(name) != now.get(name)} | set(ledger.data["sent"]))
