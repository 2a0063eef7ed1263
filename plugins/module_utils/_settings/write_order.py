# Copyright (c) 2026, wabiz.onprem contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-FileCopyrightText: 2026 wabiz.onprem contributors
# SPDX-License-Identifier: GPL-3.0-or-later

# Note that this module util is **PRIVATE** to the collection. It can have breaking changes at any time.
"""Writes to the settings resource so that no restart is lost: recorded before, pending after, verified.

The order is the point: the ledger says *intended* before anything is sent, and *pending* before anything else is done.
"""

from __future__ import annotations

import json
from typing import Any, Callable, Mapping, Optional

from .._api.client import Client
from .._common.errors import CallError
from .._ledger import in_effect, restart, rolling
from .._ledger.file import Ledger
from .._ledger.state import LONGEST_TEXT, Owner
from . import planning
from .catalog import BY_NAME
from .resource import PATH, fetch

ANYTHING = ""  # in the place of the hash of what was sent: it equals none
LARGEST_DEFAULTS = 256 * 1024  # characters of what is remembered of a client right after a reset; usually about 3,000


def _recorded(
    ledger: Ledger,
    hidden: list[str],
    before: Mapping[str, Any],
    after: Mapping[str, Any] | None,
    write: Callable[[], Any],
) -> None:
    """Makes a write with its intention in the ledger. A rejection withdraws it; an unknown outcome leaves it standing.

    :arg hidden: what is written and GET does not show: until the outcome is known, anything may have been sent of these.
    :arg before: those of them that need a restart, with their values; ``after`` likewise.
    """
    sent_before = ledger.state.sent
    ledger.make_key()
    if before:
        ledger.state = restart.intend(ledger.state, before, after, ledger.fingerprint)
    ledger.update(sent={**sent_before, **dict.fromkeys(hidden, ANYTHING)})
    ledger.save()
    try:
        write()
    except CallError as error:
        if not error.outcome_unknown:
            ledger.state = restart.withdraw(ledger.state)
            ledger.update(sent=sent_before)
            ledger.save()
        raise


def patch(
    ledger: Ledger, client: Client, before: planning.Snapshot, plan: planning.Plan, owner: Optional[Owner] = None
) -> planning.Snapshot:
    """Sends the plan's one PATCH and verifies it by a GET, which is returned."""
    needing = {name: plan.wanted[name] for name in plan.restart}
    doing = "change {}".format(", ".join(plan.changed))
    hidden = [name for name in plan.changed if not planning.shown_value(before, name)[0]]
    _recorded(
        ledger,
        hidden,
        {name: before.values.get(name) for name in needing},
        needing,
        lambda: client.patch(PATH, plan.body, doing),
    )
    unchanged = ledger.state.restart, ledger.state.roll
    if needing:
        written = {name: value for name, value in needing.items() if name in before.values}
        ledger.state = in_effect.wrote(restart.mark_pending(ledger.state, needing, owner=owner), written)
    for name in hidden:
        ledger.remember_sent(name, plan.wanted[name])
    ledger.save()
    after = fetch(client)
    _verify(ledger, client, before, after, plan, unchanged)
    return after


def note_written(ledger: Ledger, after: planning.Snapshot) -> None:
    """Takes note of a GET after a write: of what the nodes will start with, and what others have changed in the meantime."""
    shown = planning.restart_values(after)
    ledger.state = rolling.keep_values(in_effect.see(ledger.state, shown), shown)


def _verify(
    ledger: Ledger,
    client: Client,
    before: planning.Snapshot,
    after: planning.Snapshot,
    plan: planning.Plan,
    unchanged: tuple[Any, Any],
) -> None:
    shown = [name for name in plan.changed if planning.shown_value(after, name)[0]]
    ledger.update(sent={name: value for name, value in ledger.state.sent.items() if name not in shown})
    lost = planning.not_kept(before, after, plan)
    if lost and plan.restart and set(plan.restart) <= set(lost):
        # nothing has changed that a restart would bring into effect
        ledger.update(restart=unchanged[0], roll=unchanged[1], intention=None)
    earlier = planning.restart_values(before)
    ledger.state = in_effect.wrote(ledger.state, {name: earlier[name] for name in lost if name in earlier})
    note_written(ledger, after)
    ledger.save()
    if lost:
        raise client.error(
            "PATCH {} was answered with success, but GET shows that the client did not keep {}".format(
                PATH, ", ".join(lost)
            ),
            "Check whether this client version supports the value, and whether the settings are written by others too.",
            "change {}".format(", ".join(plan.changed)),
            method="PATCH",
            path=PATH,
        )


def reset_all(
    ledger: Ledger, client: Client, before: planning.Snapshot, owner: Optional[Owner] = None
) -> planning.Snapshot:
    """Sends DELETE, and returns what a GET shows afterwards."""
    at_stake = {name: value for name, value in before.values.items() if BY_NAME[name].restart}
    hidden = [name for name in ledger.state.sent if name in BY_NAME and BY_NAME[name].restart]
    at_stake.update(dict.fromkeys(hidden, "(sent, not shown)"))
    everything = list(ledger.state.sent)
    _recorded(ledger, everything, at_stake, None, lambda: client.delete(PATH, "reset the application settings"))
    ledger.update(sent={})
    after = fetch(client)
    ledger.state = restart.resolve(ledger.state, after.values, ledger.fingerprint, owner)
    ledger.state = in_effect.wrote(ledger.state, planning.restart_values(after))
    note_written(ledger, after)
    ignored = _not_reset(before, after)
    if not ignored:
        remember_default(ledger, after)
    ledger.save()
    if ignored:
        raise client.error(
            "DELETE {} was answered with success, but GET shows nothing changed: the client did not keep it ({})".format(
                PATH, ", ".join(ignored)
            ),
            "Check whether the settings are written by others too, and the log of the Coreapp.",
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


def _everything(snapshot: planning.Snapshot) -> dict[str, Any]:
    return dict(snapshot.values, **{planning.EXTRA + key: value for key, value in snapshot.extra.items()})


def remember_default(ledger: Ledger, after: planning.Snapshot) -> None:
    """Keeps the client's settings right after a reset, as keyed hashes; an absurdly large one is not remembered."""
    ledger.make_key()
    hashes = {name: ledger.fingerprint(value) for name, value in _everything(after).items()}
    bounded = len(json.dumps(hashes)) <= LARGEST_DEFAULTS and all(len(name) <= LONGEST_TEXT for name in hashes)
    ledger.update(at_default=hashes if bounded else None)


def differs_from_default(ledger: Ledger, current: planning.Snapshot) -> list[str] | None:
    """The names that differ from what the client looked like right after its last reset; None where that is not known.

    What was sent since then and is never shown differs too.
    """
    remembered = ledger.state.at_default
    if remembered is None:
        return None
    now = {name: ledger.fingerprint(value) for name, value in _everything(current).items()}
    names = set(remembered) | set(now)
    return sorted({name for name in names if remembered.get(name) != now.get(name)} | set(ledger.state.sent))
