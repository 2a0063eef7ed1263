# Copyright (c) 2026, wabiz.onprem contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-FileCopyrightText: 2026 wabiz.onprem contributors
# SPDX-License-Identifier: GPL-3.0-or-later

# Note that this module util is **PRIVATE** to the collection. It can have breaking changes at any time.
"""Pure functions: normalise, compare, overlay, predict, and what needs a restart. No network, no file.

Settings are handled as flat dictionaries from their dotted name (see ``catalog.Setting.name``) to their normalised
value. Settings that the catalog does not know keep the API's key behind ``extra_settings.``.
"""

from __future__ import annotations

from collections.abc import Mapping  # not typing's, of which isinstance is slow
from dataclasses import dataclass
from typing import Any, Callable, Dict, Iterable

from .._common.versions import Version, is_at_least, is_before, parse_version
from . import catalog
from .catalog import BY_NAME, SETTINGS, Setting

EXTRA = "extra_settings."
_TRUE, _FALSE = ("true", "yes", "on", "1"), ("false", "no", "off", "0")

Values = Dict[str, Any]


@dataclass(frozen=True)
class Snapshot:
    """A client's settings as one GET shows them."""

    values: Values  # what the catalog knows and GET shows, normalised
    extra: Values  # what the catalog does not know: API key -> value as it came
    raw: Mapping[str, Any]  # the object as it came, for merging nested objects
    version: Version | None
    wa_id: str | None = None


@dataclass(frozen=True)
class Plan:
    """What is to be done, and what the client will look like afterwards."""

    changed: list[str]  # names, sorted
    body: dict[str, Any]  # of the PATCH; empty if nothing is to be sent
    wanted: Values

    @property
    def restart(self) -> list[str]:
        """The changed settings that are in effect only after a restart."""
        return [name for name in self.changed if name in BY_NAME and BY_NAME[name].restart]


def normalise(setting: Setting, value: Any) -> Any:
    """A value by the declared type of its setting; what has another type is returned as it is, and equals nothing."""
    if setting.kind == "bool":
        return _as_bool(value)
    if setting.kind == "int":
        return _as_int(value)
    if setting.kind == "set":
        return (
            sorted(set(value)) if isinstance(value, (list, tuple)) and all(isinstance(v, str) for v in value) else value
        )
    return value


def _as_bool(value: Any) -> Any:
    if isinstance(value, bool):
        return value
    text = str(value).strip().lower() if isinstance(value, (str, int)) else ""
    return True if text in _TRUE else False if text in _FALSE else value


def _as_int(value: Any) -> Any:
    if isinstance(value, bool):
        return value
    if isinstance(value, float) and value.is_integer():
        return int(value)
    if isinstance(value, str):
        text = value.strip()
        digits = text[1:] if text[:1] in ("-", "+") else text
        return int(text) if digits.isdigit() and digits.isascii() and len(digits) < 19 else value
    return value


def _dig(data: Any, path: Iterable[str]) -> tuple[bool, Any]:
    """Whether there is a value at a path of nested objects, and which."""
    for part in path:
        if not isinstance(data, Mapping) or part not in data:
            return False, None
        data = data[part]
    return True, data


def _put(data: dict[str, Any], path: tuple[str, ...], value: Any) -> None:
    for part in path[:-1]:
        inner = data.get(part)
        data[part] = dict(inner) if isinstance(inner, Mapping) else {}
        data = data[part]
    data[path[-1]] = value


def read_snapshot(application: Mapping[str, Any], version: str | None) -> Snapshot:
    """The settings in the object ``settings.application`` of a GET."""
    values = {}
    for setting in SETTINGS:
        there, value = _dig(application, setting.api_path)
        if there:
            values[setting.name] = normalise(setting, value)
    known = set(catalog.TOP_LEVEL) | set(catalog.READ_ONLY)
    # A client may send anything as a name, also a URL with a secret in it; what no setting can be called is left out.
    extra = {key: value for key, value in application.items() if key not in known and catalog.can_be_a_name(key)}
    wa_id = application.get("wa_id")
    number = parse_version(version)
    return Snapshot(values, extra, application, number, wa_id if isinstance(wa_id, str) else None)


def collection_of_version(version: Version | None) -> Setting:
    """The setting that switches the automatic garbage collection of messages in a client of this version."""
    if is_before(version, catalog.MESSAGE_COLLECTION.since):
        return catalog.MESSAGE_COLLECTION_BEFORE_2_49_1
    return catalog.MESSAGE_COLLECTION


def message_collection(snapshot: Snapshot) -> Setting:
    """What switches the garbage collection of messages in this client: what GET shows, else what its version has."""
    for setting in (catalog.MESSAGE_COLLECTION, catalog.MESSAGE_COLLECTION_BEFORE_2_49_1):
        if setting.name in snapshot.values:
            return setting
    return collection_of_version(snapshot.version)


def is_valid(setting: Setting, value: Any) -> bool:
    """Whether a normalised value is one that the setting can have."""
    if setting.kind == "bool":
        return isinstance(value, bool)
    if setting.kind == "int" and (not isinstance(value, int) or isinstance(value, bool)):
        return False
    return not setting.choices or value in setting.choices


def restart_values(snapshot: Snapshot) -> Values:
    """The settings that need a restart, as GET shows them; one with an impossible value is left out."""
    return {
        name: value
        for name, value in snapshot.values.items()
        if BY_NAME[name].restart and isinstance(value, (bool, int, str)) and is_valid(BY_NAME[name], value)
    }


def given_values(params: Mapping[str, Any]) -> Values:
    """The settings that a task gives: what is absent (None) is left alone; false, 0, "" and [] are values."""
    values = {}
    for setting in SETTINGS:
        there, value = _dig(params, setting.option_path)
        if there and value is not None:
            values[setting.name] = normalise(setting, value)
    for key, value in (params.get("extra_settings") or {}).items():
        values[EXTRA + key] = value
    return values


def as_options(values: Mapping[str, Any]) -> dict[str, Any]:
    """Flat values as the module's nested options, ready to be pasted into a task."""
    nested: dict[str, Any] = {}
    for setting in SETTINGS:
        if setting.name in values:
            _put(nested, setting.option_path, values[setting.name])
    return nested


def same(name: str, one: Any, other: Any) -> bool:
    """Whether two values mean the same; those that the catalog does not know are compared without their JSON type."""
    if name in BY_NAME:
        return type(one) is type(other) and bool(one == other)
    return _same_unknown(one, other)


def _same_unknown(one: Any, other: Any) -> bool:
    """``5`` and ``"5"`` are the same, ``true`` and ``"True"`` too; two texts are only if they are equal."""
    scalars = isinstance(one, (str, int, float)) and isinstance(other, (str, int, float))
    if scalars and (isinstance(one, bool) or isinstance(other, bool)):
        return str(one).lower() == str(other).lower()
    if scalars and (isinstance(one, str) or isinstance(other, str)):
        return str(one) == str(other)
    return bool(one == other)


def shown_value(snapshot: Snapshot, name: str) -> tuple[bool, Any]:
    """Whether GET shows a setting, and its value."""
    values = snapshot.extra if name.startswith(EXTRA) else snapshot.values
    key = name[len(EXTRA) :] if name.startswith(EXTRA) else name
    return key in values, values.get(key)


def differing(snapshot: Snapshot, wanted: Values, was_sent: Callable[[str, Any], bool]) -> list[str]:
    """The names of the wanted settings that the client does not have yet.

    :arg was_sent: decides for a setting that GET does not show whether just this value was sent last.
    """
    changed = []
    for name, value in wanted.items():
        there, current = shown_value(snapshot, name)
        if not (same(name, current, value) if there else was_sent(name, value)):
            changed.append(name)
    return sorted(changed)


def patch_body(snapshot: Snapshot, changed: Iterable[str], wanted: Values) -> dict[str, Any]:
    """The PATCH: just the top-level keys that differ. A nested object is sent whole, merged over what the client has,
    because no one documents whether PATCH merges nested objects or replaces them."""
    body: dict[str, Any] = {}
    for name in changed:
        if name.startswith(EXTRA):
            body[name[len(EXTRA) :]] = wanted[name]
            continue
        path = BY_NAME[name].api_path
        if path[0] not in body and len(path) > 1:
            before = snapshot.raw.get(path[0])
            body[path[0]] = dict(before) if isinstance(before, Mapping) else {}
        _put(body, path, wanted[name])
    return body


def make_plan(snapshot: Snapshot, wanted: Values, was_sent: Callable[[str, Any], bool]) -> Plan:
    """What has to be sent so that the client has the wanted settings."""
    changed = differing(snapshot, wanted, was_sent)
    return Plan(changed, patch_body(snapshot, changed, wanted), wanted)


def predicted(snapshot: Snapshot, plan: Plan) -> Values:
    """What GET will show after the PATCH: settings that it does not show now stay hidden."""
    after = dict(snapshot.values)
    for name in plan.changed:
        if name in BY_NAME and (name in after or _becomes_shown(snapshot, BY_NAME[name])):
            after[name] = plan.wanted[name]
    return after


def _becomes_shown(snapshot: Snapshot, setting: Setting) -> bool:
    """Whether GET will show a setting that it does not show yet: a part of an object, or one it usually shows."""
    if not setting.echoed or snapshot.version is None:
        return False
    return not (setting.removed and is_at_least(snapshot.version, setting.removed))


def not_kept(before: Snapshot, after: Snapshot, plan: Plan) -> list[str]:
    """After the PATCH: the changed settings that GET shows with another value than was sent, or shows no more."""
    found = []
    for name in plan.changed:
        there, value = shown_value(after, name)
        if (there and not same(name, value, plan.wanted[name])) or (not there and shown_value(before, name)[0]):
            found.append(name)
    return found
