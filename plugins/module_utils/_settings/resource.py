# Copyright (c) 2026, wabiz.onprem contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-FileCopyrightText: 2026 wabiz.onprem contributors
# SPDX-License-Identifier: GPL-3.0-or-later

# Note that this module util is **PRIVATE** to the collection. It can have breaking changes at any time.
"""The settings resource: its path, how it is read, its options, and how it is shown."""

from __future__ import annotations

import math
from typing import Any, Iterable, Mapping

from .._api.client import Client
from .._api.responses import MalformedAnswer, dig
from .._common.redaction import HIDDEN, hide_pair, redact_url, redact_url_pair
from .._ledger.file import Ledger, NoLedger
from . import planning
from .catalog import BY_NAME, SETTINGS, Setting

PATH = "/v1/settings/application"
LARGEST_NUMBER = 10**18
IMPOSSIBLE = "(not a value that the setting can have)"

_TYPES = {
    "bool": {"type": "bool"},
    "int": {"type": "int"},
    "str": {"type": "str"},
    "set": {"type": "list", "elements": "str"},
}


def _option(setting: Setting) -> dict[str, Any]:
    option: dict[str, Any] = dict(_TYPES[setting.kind])
    if setting.choices:
        option["choices"] = list(setting.choices)
    if setting.url:
        option.update(no_log=True, redact="url")
    elif "pass" in setting.name:
        option["no_log"] = False  # Ansible takes the name for that of a password, and warns
    return option


def setting_options() -> dict[str, dict[str, Any]]:
    """The catalog as a module's options. None has a default: what is absent is left alone."""
    options: dict[str, dict[str, Any]] = {}
    for setting in SETTINGS:
        place = options
        for part in setting.option_path[:-1]:
            place = place.setdefault(part, {"type": "dict", "options": {}})["options"]
        place[setting.option_path[-1]] = _option(setting)
    return options


def fetch(client: Client) -> planning.Snapshot:
    """The client's settings by one GET."""
    doing = "read the application settings"
    answer = client.get(PATH, doing)
    try:
        application = dig(answer, "settings", "application")
    except MalformedAnswer as problem:
        raise client.malformed(doing, PATH, str(problem)) from None
    return planning.read_snapshot(application, answer.version)


def url_key(ledger: Ledger) -> bytes | None:
    """The key of the fingerprints of webhook URLs: that of the ledger, where there is one. See ``redaction``."""
    key = "" if isinstance(ledger, NoLedger) else ledger.state.key
    return key.encode("utf-8") if key else None


def shown(values: Mapping[str, Any], key: bytes | None = None) -> dict[str, Any]:
    """The settings as options, in a form that may be shown."""
    visible = {}
    for name, value in values.items():
        visible[name] = redact_url(_url(value), key) if BY_NAME[name].url else possible(value)
    return planning.as_options(visible)


def possible(value: Any) -> Any:
    """A value of a client; one that no setting can have may hold anything at any depth, and is not shown."""
    if isinstance(value, list) and all(isinstance(one, str) for one in value):
        return value
    finite = not isinstance(value, (int, float)) or (abs(value) < LARGEST_NUMBER and math.isfinite(value))
    return value if isinstance(value, (bool, int, float, str, type(None))) and finite else IMPOSSIBLE


def _url(value: Any) -> str | None:
    """A URL as it came from the client; what has an impossible type is hidden like what is no URL."""
    return value if value is None or isinstance(value, str) else HIDDEN


def shown_pair(
    names: Iterable[str],
    changed: Iterable[str],
    before: planning.Snapshot,
    after: Mapping[str, Any],
    key: bytes | None = None,
) -> tuple[dict[str, Any], dict[str, Any]]:
    """Before and after of what is managed, for a diff: secrets hidden on both sides, and visibly different if changed.

    What has not changed is the same on both sides, also what GET does not show, or shows in another type.
    """
    sides: tuple[dict[str, Any], dict[str, Any]] = ({}, {})
    extra: tuple[dict[str, Any], dict[str, Any]] = ({}, {})
    for name in names:
        there, old = planning.shown_value(before, name)
        new = after.get(name, old)
        if name not in changed:
            there, old = True, new
        target, part = (sides, name) if name in BY_NAME else (extra, name[len(planning.EXTRA) :])
        old, new = shown_values(name, old if there else None, new, key)
        if there:
            target[0][part] = old
        target[1][part] = new
    return _with_extra(sides[0], extra[0]), _with_extra(sides[1], extra[1])


def shown_values(name: str, one: Any, other: Any, key: bytes | None = None) -> tuple[Any, Any]:
    """Two values of a setting in a form that may be shown, visibly different where they differ."""
    if name not in BY_NAME:
        return hide_pair(one, other)
    if BY_NAME[name].url:
        return redact_url_pair(_url(one), _url(other), key)
    return possible(one), possible(other)


def _with_extra(values: Mapping[str, Any], extra: Mapping[str, Any]) -> dict[str, Any]:
    options = planning.as_options(values)
    return dict(options, extra_settings=dict(extra)) if extra else options
