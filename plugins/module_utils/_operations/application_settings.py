# Copyright (c) 2026, wabiz.onprem contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-FileCopyrightText: 2026 wabiz.onprem contributors
# SPDX-License-Identifier: GPL-3.0-or-later

# Note that this module util is **PRIVATE** to the collection. It can have breaking changes at any time.
"""The application settings of one client: declared, or reset to the client's defaults."""

from __future__ import annotations

from typing import Any, Callable, Iterable, Mapping

from .._api import connection
from .._api.client import Client
from .._api.http import REQUESTS_IMPORT_ERROR
from .._common.errors import InputError
from .._common.operation import Outcome, Task
from .._common.option_specs import JSON_HINT
from .._common.suggestions import nearest
from .._ledger import campaigns, restart
from .._ledger.file import OPTIONS as LEDGER_OPTIONS
from .._ledger.file import Ledger, open_ledger, owner_in
from .._settings import apply, catalog, checks, planning, resource, write_order

_COLLECT = "collect_messages"
# What can be declared: the catalog, and what stands for settings that it cannot name.
SETTINGS: dict[str, dict[str, Any]] = dict(
    resource.setting_options(),
    **{_COLLECT: {"type": "bool"}, "extra_settings": {"type": "dict", "no_log": True, "redact": "values"}},
)

LIBRARY_ERROR = REQUESTS_IMPORT_ERROR

OPTIONS: dict[str, dict[str, Any]] = dict(
    connection.OPTIONS,
    state={"type": "str", "choices": ["present", "default"], "default": "present"},
    settings={"type": "dict", "no_log": True, "redact": "values"},
    reset={"type": "list", "elements": "str"},
    allow_webhook_loss={"type": "bool", "default": False},
    write={"type": "str", "choices": [apply.ALWAYS, apply.UNLESS_RESTART], "default": apply.ALWAYS},
    **LEDGER_OPTIONS,
    **SETTINGS,
)
RULES: dict[str, Any] = {}
OWN_WORDS = catalog.OWN_WORDS


def expand(args: dict[str, Any]) -> tuple[dict[str, Any], str]:
    """Puts the entries of the option ``settings`` beside the other options. Returns the arguments and a problem."""
    settings = args.pop("settings", None)
    if settings is None:
        return args, ""
    if not isinstance(settings, Mapping):
        hint = JSON_HINT if isinstance(settings, str) else ""
        return args, f"The option settings must be a dictionary of settings{hint}."
    for name, value in settings.items():
        if name not in SETTINGS:
            known = nearest(name, SETTINGS)
            hint = f"Did you mean {known}?" if known else "What the collection does not know goes into extra_settings."
            return args, f"Unknown setting {name} in the option settings. {hint}"
        if args.get(name) is not None:
            return args, f"{name} is given twice, in the option settings and beside it."
        args[name] = value
    return args, ""


def run(
    params: Mapping[str, Any],
    task: Task,
    connect: Callable[..., Client] = connection.connect,
) -> Outcome:
    """One GET; at most one PATCH (or DELETE), and one more GET to verify it. Raises OnPremError."""
    given = planning.given_values(params)
    checks.check_values(given)
    reset = _reset_values(params, given)
    ledger_file = open_ledger(params, task.check_mode, task.progress, task.warn)
    owner = owner_in(params)
    with ledger_file as ledger, apply.returning_the_lease(ledger, owner), connect(
        params, task.check_mode, task.progress, task.warn, task.secrets.append
    ) as client:
        doubts = ledger.state.doubts
        current = apply.look(ledger, client, task)
        if params["state"] == "default":
            outcome = _to_default(params, task, ledger, client, current)
        else:
            request = apply.Request(given, reset, params[_COLLECT], params["allow_webhook_loss"], write=params["write"])
            done = apply.apply(request, task, ledger, client, current, owner)
            ledger.save()
            outcome = apply.outcome(ledger, current, done)
        apply.report_doubts(doubts, ledger, task, bool(outcome.values["prepared"]))
        # Where it is only prepared nothing has been written; the task that writes reports the change.
        return Outcome(values=outcome.values) if outcome.values["prepared"] else outcome


def _reset_values(params: Mapping[str, Any], given: planning.Values) -> planning.Values:
    """What the names in ``reset`` mean. Raises InputError, also where a reset goes with what it cannot go with."""
    if params["state"] == "default":
        if given or params["reset"] or params[_COLLECT] is not None:
            raise InputError("state: default takes no settings", "Use state: present, and reset for single settings.")
        return {}
    values = {}
    if "" in (params["reset"] or []):
        raise InputError(
            "the settings to reset are missing",
            "Set wabiz_onprem_reset for the playbook, or application_settings_reset for the role, to a list of settings or "
            "to all.",
        )
    for name in _names(params["reset"] or []):
        setting = catalog.BY_NAME.get(name)
        if setting is None:
            known = nearest(name, catalog.BY_NAME)
            raise InputError(f"{name} in reset is no setting", f"Did you mean {known}?" if known else "")
        if name in given:
            raise InputError(f"{name} is both given and in reset", "Decide for one of them.")
        if not setting.default_certain:
            raise InputError(
                f"{name} cannot be reset by itself: sources disagree about its default",
                "Give the value that you want, or use state: default.",
            )
        values[name] = setting.default
    return values


def _names(texts: Iterable[str]) -> list[str]:
    """A text from the command line may hold several names, with commas between them."""
    return [name.strip() for text in texts for name in text.split(",") if name.strip()]


def _to_default(
    params: Mapping[str, Any], task: Task, ledger: Ledger, client: Client, current: planning.Snapshot
) -> Outcome:
    if campaigns.is_active(ledger.state):
        active = ", ".join(campaign["name"] for campaign in campaigns.listed(ledger.state))
        raise InputError(
            f"the settings cannot be reset while a campaign holds garbage collection off ({active})",
            "End the campaign first.",
            client=client.name,
        )
    differing = write_order.differs_from_default(ledger, current)
    if differing == []:
        ledger.state = campaigns.close_hold(ledger.state)
        ledger.save()
        return apply.outcome(ledger, current, apply.Done([], sorted(current.values), current.values, {}, []))
    prediction = _predicted_default(current, differing)
    checks.check_webhook_loss(current, prediction, params["allow_webhook_loss"])
    possible = _may_need_restart(ledger, current, differing) if params["write"] == apply.UNLESS_RESTART else []
    if task.check_mode or possible:
        return _predicted(task, ledger, current, differing, prediction, possible)
    hidden = sorted(ledger.state.sent)
    after = write_order.reset_all(ledger, client, current, owner_in(params))
    names = sorted(set(current.values) | set(after.values))
    changed = {name for name in names if current.values.get(name) != after.values.get(name)}
    changed.update(hidden, (planning.EXTRA + key for key in _differing_extra(current, after)))
    ledger.state = campaigns.close_hold(ledger.state)
    ledger.save()
    return apply.outcome(ledger, current, apply.Done(sorted(changed), names, after.values, {}, []))


def _may_need_restart(ledger: Ledger, current: planning.Snapshot, differing: list[str] | None) -> list[str]:
    """The settings that need a restart and that a reset may change; where that is not known, it may."""
    names = {*current.values, *ledger.state.sent} if differing is None else set(differing)
    return sorted(name for name in names if name in catalog.BY_NAME and catalog.BY_NAME[name].restart)


def _differing_extra(before: planning.Snapshot, after: planning.Snapshot) -> list[str]:
    keys = set(before.extra) | set(after.extra)
    return [key for key in keys if before.extra.get(key) != after.extra.get(key)]


def _predicted_default(current: planning.Snapshot, differing: list[str] | None) -> planning.Values:
    """What a reset leaves, as far as it is certain; what is not is taken to stay as it is.

    What the ledger knows to be as after the last reset stays, whatever the documentation says.
    """
    certain = {
        setting.name: setting.default
        for setting in catalog.SETTINGS
        if setting.default_certain and (differing is None or setting.name in differing)
    }
    return {name: certain.get(name, value) for name, value in current.values.items()}


def _predicted(
    task: Task,
    ledger: Ledger,
    current: planning.Snapshot,
    differing: list[str] | None,
    prediction: planning.Values,
    possible: list[str],
) -> Outcome:
    """What a reset would do, in check mode and where nothing may be written yet.

    :arg possible: the settings for which a restart is prepared, as the reset may change them.
    """
    changed = sorted(name for name in current.values if current.values[name] != prediction[name])
    changed = sorted(set(changed) | set(differing or []) | set(ledger.state.sent))
    if differing is None:
        unknown, question = _uncertain(current, changed), "whether they differ"
    else:
        unknown, question = _unpredictable(ledger, current, differing), "what they become"
    if unknown and task.check_mode:
        names = ", ".join(unknown)
        task.warn(f"Only a reset shows the defaults of {names}: {question} cannot be known in check mode.")
    needing = tuple(name for name in changed if name in catalog.BY_NAME and catalog.BY_NAME[name].restart)
    if needing and not possible:
        ledger.state = restart.mark_pending(ledger.state, needing)
    prepared = bool(possible)
    restart_for = (needing or tuple(possible)) if prepared else ()
    reason = "changed" if prepared else ""
    done = apply.Done(changed, sorted(current.values), prediction, {}, [], prepared, restart_for, reason)
    outcome = apply.outcome(ledger, current, done)
    # Unless the ledger knows better, a reset is not claimed to change nothing.
    return Outcome(True, outcome.values, outcome.before, outcome.after) if differing is None and unknown else outcome


def _uncertain(current: planning.Snapshot, changed: list[str]) -> list[str]:
    """Where no reset is remembered: the settings that may differ from a default that no one is sure of."""
    known = [name for name in current.values if not catalog.BY_NAME[name].default_certain and name not in changed]
    return sorted(known + [planning.EXTRA + key for key in current.extra])


def _unpredictable(ledger: Ledger, current: planning.Snapshot, differing: list[str]) -> list[str]:
    """Where a reset is remembered: the settings that differ from what it left, in a way that cannot be shown."""
    shown = [name for name in differing if name in catalog.BY_NAME and name not in ledger.state.sent]
    return [name for name in shown if name not in current.values or not catalog.BY_NAME[name].default_certain]
