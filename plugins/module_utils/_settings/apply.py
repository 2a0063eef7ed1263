# Copyright (c) 2026, wabiz.onprem contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-FileCopyrightText: 2026 wabiz.onprem contributors
# SPDX-License-Identifier: GPL-3.0-or-later

# Note that this module util is **PRIVATE** to the collection. It can have breaking changes at any time.
"""One run over the settings of a client: from what is wanted to what was done, in one order for all operations."""

from __future__ import annotations

import contextlib
from dataclasses import dataclass, field
from typing import Any, Iterator, Mapping, Optional

from .._api.client import Client
from .._common.errors import InputError, LedgerError, OnPremError
from .._common.operation import Outcome, Task
from .._ledger import campaigns, in_effect, lease, restart, rolling
from .._ledger.file import Ledger, NoLedger
from .._ledger.state import Owner, State
from . import catalog, checks, planning, resource, write_order

UNLESS_RESTART, ALWAYS = "unless_restart", "always"


@dataclass(frozen=True)
class Request:
    """What a run wants.

    :arg given: the settings that the user gave.
    :arg reset: settings that are to get their default.
    :arg collect: whether messages are collected, by whatever name; None: as it is.
    :arg proof: whether a held setting must be known to be in effect; otherwise a restart becomes pending.
    :arg write: ``unless_restart`` writes nothing if a restart would be needed, and only says so.
    """

    given: planning.Values = field(default_factory=dict)
    reset: planning.Values = field(default_factory=dict)
    collect: Optional[bool] = None
    allow_webhook_loss: bool = False
    proof: bool = False
    write: str = ALWAYS


@dataclass(frozen=True)
class Done:
    """What a run did, or would do."""

    changed: list[str]
    managed: list[str]
    after: Mapping[str, Any]
    wanted: Mapping[str, Any]
    held: list[str]
    prepared: bool = False  # a restart would be needed, and so nothing was written
    restart_for: tuple[str, ...] = ()  # the settings that it would be needed for
    restart_reason: str = ""


@contextlib.contextmanager
def returning_the_lease(ledger: Ledger, owner: Optional[Owner]) -> Iterator[None]:
    """A write that fails returns the lease that was taken for it, and forgets the roll that was prepared."""
    try:
        yield
    except OnPremError:
        state = ledger.state
        if owner is not None and lease.is_held(state, owner) and state.roll is not None and state.roll.prepared:
            ledger.state = rolling.abandon(lease.release(state, owner))
            with contextlib.suppress(LedgerError):  # the lease then ends with the play
                ledger.save()
        raise


def look(ledger: Ledger, client: Client, task: Task) -> planning.Snapshot:
    """One GET; what it shows is compared with what the ledger knows. Doubts that are new are reported once."""
    current = resource.fetch(client)
    _own_ledger(ledger, client, task)
    ledger.state = compared(ledger.state, current, ledger.fingerprint)
    return current


def compared(state: State, current: planning.Snapshot, fingerprint: restart.Fingerprint) -> State:
    """The state after a GET: what a crash has left open is decided, and what others have changed is doubtful."""
    shown = planning.restart_values(current)
    executed = restart.was_executed(state, current.values, fingerprint) or []
    state = restart.resolve(state, current.values, fingerprint)
    return in_effect.see(in_effect.wrote(state, {name: shown[name] for name in executed if name in shown}), shown)


def report_doubts(before: Mapping[str, Any], ledger: Ledger, task: Task, prepared: bool = False) -> None:
    """Reports the settings that have become doubtful in this run; not where a restart is to follow, which settles it."""
    fresh = {name: doubt for name, doubt in ledger.state.doubts.items() if name not in before}
    if not fresh or prepared or isinstance(ledger, NoLedger) or restart.is_pending(ledger.state):
        return
    reasons = sorted({in_effect.REASONS[one.reason] for one in fresh.values()})
    task.warn(
        "It is not known whether the stored values of {} are in effect: {}. To make sure, run the playbook "
        "wabiz.onprem.restart with coreapp_force=true.".format(", ".join(sorted(fresh)), "; ".join(reasons))
    )


def _own_ledger(ledger: Ledger, client: Client, task: Task) -> None:
    """A ledger of another client would hold other settings; only people can see whether a client has moved."""
    owner = ledger.state.client
    if owner and owner != client.name:
        task.warn(
            f"Ledger {ledger.path} was last used for client {owner}, now for {client.name}. "
            "Each client needs a ledger of its own."
        )
        ledger.state = in_effect.forget(ledger.state)
    if owner != client.name:
        ledger.update(client=client.name)
    if not task.check_mode:
        ledger.make_key()  # URLs are shown with a fingerprint


def wanted_before_hold(request: Request, ledger: Ledger, current: planning.Snapshot) -> planning.Values:
    """The wanted settings, before campaigns decide."""
    wanted = dict(checks.without_placeholders(current, request.given, resource.url_key(ledger)), **request.reset)
    name = planning.message_collection(current).name
    if request.collect is not None:
        switches = (catalog.MESSAGE_COLLECTION, catalog.MESSAGE_COLLECTION_BEFORE_2_49_1)
        other = [one.name for one in switches if one.name in wanted]
        if other:
            raise InputError(f"collect_messages and {other[0]} are both given", "Decide for one of them.")
        wanted[name] = request.collect
    return wanted


def _wanted(request: Request, ledger: Ledger, current: planning.Snapshot) -> tuple[planning.Values, list[str]]:
    """The wanted settings, and over them what campaigns decide; the names of what they hold."""
    wanted, name = wanted_before_hold(request, ledger, current), planning.message_collection(current).name
    if campaigns.is_active(ledger.state):
        return dict(wanted, **{name: False}), [name]
    released = campaigns.released_value(ledger.state)
    if released is not None and name not in wanted:
        wanted[name] = released
    return wanted, []


def apply(
    request: Request, task: Task, ledger: Ledger, client: Client, current: planning.Snapshot, owner: Optional[Owner]
) -> Done:
    """At most one PATCH, and one GET to verify it. Raises OnPremError."""
    wanted, held = _wanted(request, ledger, current)
    checks.check_against(current, wanted)
    plan = planning.make_plan(current, wanted, ledger.was_sent)
    after = planning.predicted(current, plan)
    checks.check_webhook_loss(current, after, request.allow_webhook_loss)
    for text in checks.warnings(current, request.given, after):
        task.warn(text)
    for name in held:
        if wanted_before_hold(request, ledger, current).get(name, False) is not False:
            task.warn(f"{name} is held off by an active campaign, whatever is declared.")
    unproven = [name for name in held if request.proof and _is_unproven(ledger, name, plan)]
    done = Done(plan.changed, sorted(wanted), after, wanted, held)
    if (plan.restart or unproven) and request.write == UNLESS_RESTART:
        reason = "changed" if plan.restart else "not_confirmed"
        needing = tuple(sorted({*plan.restart, *unproven, *restart.settings(ledger.state)}))
        return Done(**{**vars(done), "prepared": True, "restart_for": needing, "restart_reason": reason})
    switch = planning.message_collection(current).name
    ledger.state = campaigns.note_before(ledger.state, current.values.get(switch))
    if plan.body and not task.check_mode:
        after = write_order.patch(ledger, client, current, plan, owner).values
    elif plan.restart:
        ledger.state = restart.mark_pending(ledger.state, plan.restart, owner=owner)
    if unproven:
        ledger.state = restart.mark_pending(ledger.state, unproven, "not_confirmed", owner)
        if not plan.body:
            ledger.state = rolling.keep_values(ledger.state, planning.restart_values(current))
    roll = ledger.state.roll
    if (plan.restart or unproven) and roll is not None and roll.nodes and not roll.prepared:
        ledger.state = in_effect.doubt_until_done(ledger.state)
    ledger.state = campaigns.close_hold(ledger.state)
    ledger.save()
    return Done(**{**vars(done), "after": after})


def _is_unproven(ledger: Ledger, name: str, plan: planning.Plan) -> bool:
    """Whether a held setting is stored as wanted, and not known to be in effect; a pending restart will bring it about."""
    pending = restart.settings(ledger.state)
    return name not in plan.changed and name not in pending and not in_effect.is_confirmed(ledger.state, name, False)


def outcome(ledger: Ledger, before: planning.Snapshot, done: Done) -> Outcome:
    """The result of a run, for every operation that changes settings."""
    shown_before, shown_after = resource.shown_pair(
        done.managed, done.changed, before, dict(done.wanted, **done.after), resource.url_key(ledger)
    )
    pending = ledger.state.restart
    values = {
        "settings": resource.shown(done.after, resource.url_key(ledger)),
        "changed_settings": done.changed,
        "restart_required": done.prepared or restart.is_pending(ledger.state),
        "restart_settings": list(done.restart_for) if done.prepared else restart.settings(ledger.state),
        "restart_reason": done.restart_reason or (pending.reason if pending else None),
        "prepared": done.prepared,
        "held_settings": done.held,
        "in_effect": None if isinstance(ledger, NoLedger) else effects(ledger, done.after),
        "api_version": checks.version_text(before) if before.version else None,
    }
    return Outcome(bool(done.changed), values, shown_before, shown_after)


def effects(ledger: Ledger, stored: Mapping[str, Any]) -> dict[str, Any]:
    """What is known to be in effect, for each setting that needs a restart and is shown by GET."""
    names = [name for name in stored if name in catalog.BY_NAME and catalog.BY_NAME[name].restart]
    return {name: in_effect.of(ledger.state, name).as_values() for name in sorted(names)}
