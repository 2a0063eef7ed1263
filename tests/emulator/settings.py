# Copyright (c) 2026, wabiz.onprem contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-FileCopyrightText: 2026 wabiz.onprem contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""The settings resource as pure functions: what a PATCH may say, what it does, what a GET shows.

Stored is a flat mapping of dotted names, only of what has been set; whatever is absent has its fresh value.
"""

from __future__ import annotations

from typing import Any
from urllib.parse import urlsplit

from .catalog import INTEGER_OR_STRING, Key, accepted, at_least, keys, read_only, shown
from .errors import ApiError

Stored = dict[str, Any]
LARGEST_INTEGER = 2**63 - 1


def read_patch(body: Any, version: str) -> Stored:
    """The leaves that a PATCH body sets, by dotted name, in the types that are stored."""
    if not isinstance(body, dict):
        raise ApiError(400, 1009, "Request body must be a JSON object")
    if not body:
        raise ApiError(400, 1008, "No setting is given")
    return _leaves(body, "", version)


def _leaves(body: dict[str, Any], prefix: str, version: str) -> Stored:
    known = accepted(version)
    groups = {name.rsplit(".", depth)[0] for name in known for depth in range(1, name.count(".") + 1)}
    found: Stored = {}
    for key, value in body.items():
        name = f"{prefix}{key}"
        if name in known:
            found[name] = _value(known[name], value, version)
        elif name in groups:
            if not isinstance(value, dict):
                raise ApiError(400, 1009, f"Parameter {name} must be an object")
            found.update(_leaves(value, f"{name}.", version))
        else:
            raise ApiError(400, 1010, f"Unknown parameter: {name}")
    return found


def _value(key: Key, value: Any, version: str) -> Any:
    rejection = ApiError(400, 1009, f"Parameter {key.name} has a wrong type or value")
    if key.kind == "bool":
        if not isinstance(value, bool) or (value and at_least(version, key.cannot_enable_from)):
            raise rejection
        return value
    if key.kind == "int":
        return _integer(key, value, rejection)
    if key.kind == "set":
        if not isinstance(value, list) or any(item not in key.choices for item in value):
            raise rejection
        return list(value)
    if not isinstance(value, str) or (key.choices and value not in key.choices):
        raise rejection
    if key.url and value:
        _check_url(key, value)
    return value


def _integer(key: Key, value: Any, rejection: ApiError) -> int:
    if isinstance(value, str) and key.name in INTEGER_OR_STRING and value.strip().isdecimal() and len(value) < 20:
        value = int(value)
    if not isinstance(value, int) or isinstance(value, bool) or abs(value) > LARGEST_INTEGER:
        raise rejection
    if key.choices and value not in key.choices:
        raise rejection
    if key.minimum is not None and value < key.minimum:
        raise rejection
    return value


def _check_url(key: Key, value: str) -> None:
    try:
        parts = urlsplit(value)
        valid = parts.scheme == "https" and bool(parts.hostname)
    except ValueError:
        valid = False
    if not valid:
        raise ApiError(400, 1009, f"Parameter {key.name} must be an https URL")


def apply_patch(stored: Stored, body: dict[str, Any], leaves: Stored, nested: str) -> Stored:
    """What is stored after a PATCH. `replace` forgets the rest of every object that the body names, `deep` keeps it.

    Whether the product merged nested objects is documented nowhere, so both can be had.
    """
    after = dict(stored)
    if nested == "replace":
        replaced = tuple(f"{name}." for name, value in body.items() if isinstance(value, dict))
        after = {name: value for name, value in after.items() if not name.startswith(replaced)} if replaced else after
    after.update(leaves)
    return after


def value_of(stored: Stored, name: str) -> Any:
    return stored[name] if name in stored else keys()[name].fresh


def show(stored: Stored, version: str, wa_id: str) -> dict[str, Any]:
    """The `application` object of a GET, in the alphabetical order that clients answer in."""
    application: dict[str, Any] = dict.fromkeys(read_only(), wa_id)
    for name in shown(version):
        *groups, leaf = name.split(".")
        place = application
        for group in groups:
            place = place.setdefault(group, {})
        place[leaf] = value_of(stored, name)
    return _sorted(application)


def _sorted(tree: dict[str, Any]) -> dict[str, Any]:
    return {key: _sorted(value) if isinstance(value, dict) else value for key, value in sorted(tree.items())}


def all_values(stored: Stored, version: str) -> Stored:
    """Every setting of this version with the value it has, as a flat mapping."""
    return {name: value_of(stored, name) for name in sorted(accepted(version))}


def in_effect(stored: Stored, at_start: Stored, version: str) -> Stored:
    """What governs a node: settings that need a restart as they were when it started, the others as they are."""
    return {
        name: value_of(at_start if key.restart else stored, name) for name, key in sorted(accepted(version).items())
    }


def flatten(tree: dict[str, Any], prefix: str = "") -> Stored:
    """A nested or already dotted mapping as a dotted one."""
    flat: Stored = {}
    for key, value in tree.items():
        if isinstance(value, dict):
            flat.update(flatten(value, f"{prefix}{key}."))
        else:
            flat[f"{prefix}{key}"] = value
    return flat
