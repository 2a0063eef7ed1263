# Copyright (c) 2026, wabiz.onprem contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-FileCopyrightText: 2026 wabiz.onprem contributors
# SPDX-License-Identifier: GPL-3.0-or-later

# Note that this module util is **PRIVATE** to the collection. It can have breaking changes at any time.
"""One media provider of a client: there with these credentials, or not there."""

from __future__ import annotations

import hmac
from typing import Any, Callable, Mapping
from urllib.parse import quote

from .._api import connection, http, providers
from .._api.client import Client
from .._api.providers import PATH, Provider
from .._common.errors import CallError, InputError
from .._common.operation import Outcome, Task
from .._ledger.file import OPTIONS as LEDGER_OPTIONS
from .._ledger.file import SHORTEST_SECRET, Ledger, open_ledger

OPTIONS: dict[str, dict[str, Any]] = {
    **connection.OPTIONS,
    "name": {"type": "str", "required": True},
    "state": {"type": "str", "choices": ["present", "absent"], "default": "present"},
    "type": {"type": "str", "choices": ["www"], "default": "www"},
    "bearer": {"type": "str", "no_log": True},
    "basic": {
        "type": "dict",
        "options": {
            "username": {"type": "str", "required": True},
            "password": {"type": "str", "required": True, "no_log": True},
        },
    },
    # It holds no secret, but Ansible takes it for one by its name.
    "update_secret": {"type": "str", "choices": ["always", "on_create"], "default": "always", "no_log": False},
    **LEDGER_OPTIONS,
}
RULES: dict[str, Any] = {
    "mutually_exclusive": [("bearer", "basic")],
    "required_if": [("state", "present", ("bearer", "basic"), True)],
}
OWN_WORDS = frozenset(("www", "basic", "bearer"))
LIBRARY_ERROR = http.REQUESTS_IMPORT_ERROR

TRIES = 3  # how often a POST may be sent, when GET cannot show that it has been executed


def run(
    params: Mapping[str, Any],
    task: Task,
    connect: Callable[..., Client] = connection.connect,
) -> Outcome:
    """One GET; at most one write, and one more GET to verify it. Raises OnPremError."""
    _check_name(params["name"])
    wanted = _wanted(params) if params["state"] == "present" else None
    with open_ledger(params, task.check_mode, task.progress, task.warn) as ledger, connect(
        params, task.check_mode, task.progress, task.warn, task.secrets.append
    ) as client:
        before = providers.fetch(client).get(params["name"])
        if wanted is None:
            return _absent(params["name"], task, ledger, client, before)
        return _present(params, task, ledger, client, before, wanted)


def _check_name(name: str) -> None:
    if not providers.NAME.match(name):
        raise InputError(
            "name is not one that a media provider can have",
            "It has 1 to 200 characters out of A-Z, a-z, 0-9, hyphen and underscore.",
        )


def _wanted(params: Mapping[str, Any]) -> Provider:
    basic = params["basic"]
    if basic is None:
        provider = Provider(params["name"], params["type"], "bearer", None, params["bearer"])
    else:
        provider = Provider(params["name"], params["type"], "basic", basic["username"], basic["password"])
    if not provider.secret or provider.username == "":
        raise InputError(
            "the credentials of the media provider are empty", "Give bearer, or basic with both its parts."
        )
    return provider


def _present(
    params: Mapping[str, Any], task: Task, ledger: Ledger, client: Client, before: Provider | None, wanted: Provider
) -> Outcome:
    after = wanted
    if before is not None and not _differs(before, wanted, params["update_secret"], ledger, client):
        after = before
    elif not task.check_mode:
        _forget(ledger, wanted.name)
        _remember(ledger, client, wanted, _write(client, before, wanted))
    shown = providers.shown_pair(before, after)
    return Outcome(after is wanted, {"provider": wanted.as_values()}, *shown)


def _differs(before: Provider, wanted: Provider, update_secret: str, ledger: Ledger, client: Client) -> bool:
    if not before.is_like(wanted):
        return True  # the API changes nothing in part, so that the secret goes with it whatever update_secret says
    if update_secret == "on_create" or before.secret == wanted.secret:  # noqa: S105  (a policy, no password)
        return False
    known = ledger.state.providers.get(wanted.name, "")
    return not hmac.compare_digest(known, _fingerprint(ledger, client, wanted, before.secret))


def _fingerprint(ledger: Ledger, client: Client, sent: Provider, shown: str | None) -> str:
    """What was sent together with what GET made of it: a mask says nothing, but a change of it does."""
    return ledger.fingerprint([client.name, sent.as_body(), shown])


def _forget(ledger: Ledger, name: str) -> None:
    """From the start of a write until it is verified nothing is known."""
    ledger.update(providers={one: value for one, value in ledger.state.providers.items() if one != name})
    ledger.save()


def _remember(ledger: Ledger, client: Client, sent: Provider, shown: Provider) -> None:
    if shown.secret != sent.secret and len(sent.secret or "") >= SHORTEST_SECRET:
        ledger.make_key()
        fingerprint = _fingerprint(ledger, client, sent, shown.secret)
        ledger.update(providers={**ledger.state.providers, sent.name: fingerprint})
        ledger.save()


def _write(client: Client, before: Provider | None, wanted: Provider) -> Provider:
    """Sends the provider, and returns it as GET then shows it."""
    doing = f"write media provider {wanted.name}"
    _post(client, before, wanted, doing)
    after = providers.fetch(client).get(wanted.name)
    if after is None or not after.is_like(wanted) or (after.shows_secret and after.secret != wanted.secret):
        raise client.error(
            f"POST {PATH} was answered with success, but GET shows that the client did not keep it",
            "See whether another user writes the media providers too.",
            doing,
            method="POST",
            path=PATH,
        )
    return after


def _post(client: Client, before: Provider | None, wanted: Provider, doing: str) -> None:
    """Where the outcome of a POST is unknown, a GET decides whether it has to be sent again."""
    for tries_left in range(TRIES - 1, -1, -1):
        failure = _ambiguity(client, wanted, doing)
        if failure is None or _has_arrived(client, before, wanted, failure):
            return
        if not tries_left:
            raise failure


def _ambiguity(client: Client, wanted: Provider, doing: str) -> CallError | None:
    """Sends the POST once; returns why its outcome is unknown. Raises CallError where it is known to have failed."""
    try:
        client.post(PATH, [wanted.as_body()], doing)
    except CallError as error:
        if not error.outcome_unknown:
            raise
        return error
    return None


def _has_arrived(client: Client, before: Provider | None, wanted: Provider, failure: CallError) -> bool:
    try:
        after = providers.fetch(client).get(wanted.name)
    except CallError:
        raise failure from None  # nothing can decide it: the first failure says what has to be looked at
    if after is None or not after.is_like(wanted):
        return False
    return after.secret == wanted.secret or (before is None and not after.shows_secret)


def _absent(name: str, task: Task, ledger: Ledger, client: Client, before: Provider | None) -> Outcome:
    if not task.check_mode:
        _forget(ledger, name)
        if before is not None:
            _delete(client, name)
    shown = providers.shown_pair(before, None)
    return Outcome(before is not None, {"provider": None}, *shown)


def _delete(client: Client, name: str) -> None:
    """A DELETE that was tried more than once may find nothing: a GET decides whether the provider is gone."""
    doing, path = f"remove media provider {name}", "{}/{}".format(PATH, quote(name, safe=""))
    failure = None
    try:
        client.delete(path, doing)
    except CallError as error:
        if not error.outcome_unknown and error.status != 404:
            raise
        failure = error
    try:
        still_there = name in providers.fetch(client)
    except CallError as error:
        raise failure or error from None
    if still_there:
        problem = f"DELETE {path} was answered with success, but GET shows that the provider is still there"
        advice = "See whether another user writes the media providers too."
        raise failure or client.error(problem, advice, doing, method="DELETE", path=path)
