# Copyright (c) 2026, wabiz.onprem contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-FileCopyrightText: 2026 wabiz.onprem contributors
# SPDX-License-Identifier: GPL-3.0-or-later

# Note that this module util is **PRIVATE** to the collection. It can have breaking changes at any time.
"""Begins and ends campaigns of one client: its ledger and its settings, under one lock and with one login."""

from __future__ import annotations

from typing import Any, Callable, Mapping, Optional

from .._api import connection, stats
from .._api.client import Client
from .._api.http import REQUESTS_IMPORT_ERROR
from .._common import moments
from .._common.errors import InputError
from .._common.operation import Outcome, Task
from .._common.suggestions import nearest
from .._common.text import harmless
from .._ledger import campaigns, in_effect, lease, restart
from .._ledger.file import OPTIONS as LEDGER_OPTIONS
from .._ledger.file import Ledger, open_ledger, owner_in
from .._ledger.state import AFTER, State
from .._settings import apply, planning

LIBRARY_ERROR = REQUESTS_IMPORT_ERROR

OPTIONS: dict[str, dict[str, Any]] = dict(
    connection.OPTIONS,
    **{**LEDGER_OPTIONS, "ledger": {"type": "path", "required": True}},
    state={"type": "str", "choices": ["present", "absent"], "default": "present"},
    name={"type": "str"},
    planned_end={"type": "str"},
    after={"type": "str", "choices": list(AFTER), "default": "on"},
    overdue={"type": "bool"},
    missing={"type": "str", "choices": ["fail", "ok"], "default": "fail"},
    write={"type": "str", "choices": [apply.ALWAYS, apply.UNLESS_RESTART], "default": apply.ALWAYS},
)
RULES: dict[str, Any] = {
    "mutually_exclusive": [("name", "overdue")],
    "required_if": [("state", "present", ("name",)), ("state", "absent", ("name", "overdue"), True)],
}

LONGEST_NAME = 200  # characters
# YAML reads an unquoted on and off as true and false, and so do other words for them.
SWITCH_WORDS = {"true": "on", "yes": "on", "false": "off", "no": "off"}


def expand(args: dict[str, Any]) -> tuple[dict[str, Any], str]:
    """Takes the words that YAML and people have for ``on`` and ``off``. Returns the arguments and no problem."""
    given = args.get("after")
    if isinstance(given, (str, bool)):
        word = str(given).lower()
        args = dict(args, after=SWITCH_WORDS.get(word, word))
    return args, ""


def run(params: Mapping[str, Any], task: Task, connect: Callable[..., Client] = connection.connect) -> Outcome:
    """One login, one GET; at most one PATCH, and one more GET to verify it. Raises OnPremError.

    Nothing is recorded before the client has shown its settings.
    """
    _check(params)
    owner = owner_in(params)
    opened = open_ledger(params, task.check_mode, task.progress, task.warn)
    with opened as ledger, apply.returning_the_lease(ledger, owner):
        before = ledger.state
        _check_name_to_end(params, before)
        with connect(params, task.check_mode, task.progress, task.warn, task.secrets.append) as client:
            current = apply.look(ledger, client, task)
            looked = ledger.state
            ended = _record(params, ledger)
            request = apply.Request(collect=_repaired(params, ledger, ended), proof=True, write=params["write"])
            done = apply.apply(request, task, ledger, client, current, owner)
            if done.prepared or (
                restart.is_pending(ledger.state) and not (owner and lease.is_held(ledger.state, owner))
            ):
                _warn_before_a_roll(client, current, params["state"] == "present", task)
            recorded = ledger.state
            settings = apply.outcome(ledger, current, done)
            if done.prepared:
                ledger.state = looked
            ledger.save()
            apply.report_doubts(before.doubts, ledger, task, done.prepared)
    changed = recorded.campaigns != before.campaigns
    values = dict(
        settings.values,
        campaigns=campaigns.listed(recorded),
        active=campaigns.is_active(recorded),
        ended=ended,
        message=_message(recorded, done, planning.message_collection(current).name, task),
    )
    if done.prepared:  # nothing has been written; the task that writes reports the change
        return Outcome(values=values)
    return Outcome(
        changed or settings.changed,
        values,
        dict(settings.before or {}, campaigns=_shown(before)),
        dict(settings.after or {}, campaigns=_shown(recorded)),
    )


def _warn_before_a_roll(client: Client, current: planning.Snapshot, begins: bool, task: Task) -> None:
    """What the campaign and its restart do not protect. One more GET, only if callbacks are not kept on disk."""
    if begins and current.values.get("pass_through") is True:
        task.warn(
            "pass_through is on: the client removes messages once they are delivered or read, also while garbage collection "
            "is off."
        )
    if current.values.get("callback_persist") is False:
        queued = stats.queued_callbacks(client)
        if queued != 0:
            number = "callbacks" if queued is None else "%d callbacks" % queued
            task.warn(
                f"callback_persist is off: {number} that wait for delivery are lost when their node restarts. Check that the "
                "webhook responds, and switch callback_persist on."
            )


def _record(params: Mapping[str, Any], ledger: Ledger) -> list[str]:
    """Begins or ends campaigns in the ledger, in memory; returns the names of those that were ended."""
    if params["state"] == "present":
        end = moments.required(params["planned_end"], "planned_end") if params["planned_end"] else None
        ledger.state = campaigns.begin(ledger.state, params["name"], end)
        return []
    ledger.state, ended = campaigns.end(ledger.state, _names_to_end(params, ledger.state), params["after"])
    return ended


def _repaired(params: Mapping[str, Any], ledger: Ledger, ended: list[str]) -> Optional[bool]:
    """Ending a campaign that has ended already repairs what disagrees: nothing holds garbage collection off."""
    idle = params["state"] == "absent" and not ended and not campaigns.is_active(ledger.state)
    if not idle or params["overdue"] or params["after"] == "previous" or ledger.state.release is not None:
        return None
    return bool(params["after"] == "on")


def _check(params: Mapping[str, Any]) -> None:
    name = params["name"]
    if name == "":
        raise InputError(
            "the name of the campaign is missing",
            "Set the variable campaign_mode_name for the playbooks and the role, or the option name of the module.",
        )
    if name is not None and (not name.strip() or len(name) > LONGEST_NAME or not name.isprintable()):
        raise InputError("name must be 1 to %d printable characters" % LONGEST_NAME)
    if params["state"] == "absent" and name is None and not params["overdue"]:
        raise InputError("there is nothing to end", "Give a name, or overdue: true.")
    if params["state"] == "absent" and params["planned_end"]:
        raise InputError("planned_end belongs to state: present", "Leave it out to end a campaign now.")
    if params["planned_end"]:
        end = moments.required(params["planned_end"], "planned_end")
        if end <= moments.utc_now():
            raise InputError(
                "planned_end is in the past: the campaign would have ended at %s" % moments.to_text(end),
                "Plan a later end, or leave it out.",
            )


def _check_name_to_end(params: Mapping[str, Any], state: State) -> None:
    """A misspelt name must not be mistaken for an end while the campaign goes on. Raises InputError.

    An end that was recorded and is not carried out yet may be repeated: no campaign is active then that could be meant.
    """
    name = params["name"]
    if params["state"] == "present" or name is None or name in state.campaigns or params["missing"] == "ok":
        return
    if not campaigns.is_active(state) and (state.release is not None or state.restart is not None or state.intention):
        return
    active = sorted(state.campaigns)
    known = nearest(name, active)
    hint = f"Did you mean {harmless(known)}? " if known else ""
    shown = f"active: {', '.join(harmless(one, 60) for one in active[:10])}" if active else "no campaign is active"
    raise InputError(
        f'there is no campaign "{harmless(name, 60)}" to end ({shown})',
        f"{hint}Set missing: ok (campaign_mode_missing for the role) if that is no mistake.",
    )


def _names_to_end(params: Mapping[str, Any], state: State) -> list[str]:
    if params["name"] is not None:
        return [params["name"]]
    return [campaign["name"] for campaign in campaigns.listed(state) if campaign["overdue"]]


def _shown(state: State) -> dict[str, str]:
    """The campaigns as a diff shows them."""
    return {name: campaign.planned_end or "no planned end" for name, campaign in sorted(state.campaigns.items())}


def _message(state: State, done: apply.Done, switch: str, task: Task) -> str:
    """What the run leaves behind, in one sentence."""
    stored = done.after.get(switch)
    word = "off" if stored is False else "on" if stored is True else "not shown by the client"
    effect = in_effect.of(state, switch)
    if done.prepared or (state.restart is not None and switch in state.restart.settings):
        when = ", not in effect yet: a restart of the Coreapp is pending"
    elif effect.doubt or effect.value != stored:
        when = ", not known to be in effect (%s)" % in_effect.REASONS.get(effect.doubt, "another value was confirmed")
    else:
        when = ", in effect, confirmed at %s" % effect.confirmed_at
    names = ", ".join(harmless(name, 60) for name in sorted(state.campaigns))
    active = f"active campaigns: {names}" if names else "no campaign is active"
    prediction = " (check mode)" if task.check_mode else ""
    return f"Garbage collection of messages is stored as {word}{when}{prediction}; {active}."
