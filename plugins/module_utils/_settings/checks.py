# Copyright (c) 2026, wabiz.onprem contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-FileCopyrightText: 2026 wabiz.onprem contributors
# SPDX-License-Identifier: GPL-3.0-or-later

# Note that this module util is **PRIVATE** to the collection. It can have breaking changes at any time.
"""What is wrong with the wanted settings, and what is worth a warning: before anything is written."""

from __future__ import annotations

from typing import Any, Iterator, Mapping
from urllib.parse import urlsplit

from .._common.errors import InputError
from .._common.redaction import is_redacted, stands_for
from .._common.text import harmless
from .._common.versions import is_at_least, is_before
from . import catalog
from .catalog import BY_NAME, Setting
from .planning import EXTRA, Snapshot, Values

URL = "webhooks.url"


def check_values(values: Values) -> None:
    """What can be said without the client. Raises InputError."""
    for name, value in values.items():
        if name.startswith(EXTRA):
            _check_extra(name[len(EXTRA) :])
        else:
            _check_value(BY_NAME[name], value)


def _check_extra(key: str) -> None:
    if not catalog.can_be_a_name(key):
        raise InputError(
            "a name in extra_settings is not one that a setting can have",
            "It has 1 to 200 characters out of A-Z, a-z, 0-9, hyphen, underscore and dot.",
        )
    if key in catalog.READ_ONLY:
        raise InputError(f"{key} cannot be set: it is the identity of the client", "Remove it from extra_settings.")
    if key in catalog.TOP_LEVEL:
        raise InputError(f"{key} is an option of its own", "Move it out of extra_settings.")


_KINDS: dict[str, tuple[Any, str]] = {
    "bool": (bool, "a boolean"),
    "int": (int, "a whole number"),
    "str": (str, "a text"),
    "set": (list, "a list"),
}


def _check_value(setting: Setting, value: Any) -> None:
    kind, called = _KINDS[setting.kind]
    if not isinstance(value, kind) or (kind is int and isinstance(value, bool)):
        raise InputError(f"{setting.name} must be {called}")
    if setting.minimum is not None and value < setting.minimum:
        raise InputError("%s must be at least %d %s" % (setting.name, setting.minimum, setting.unit))
    outside = [
        one for one in (value if setting.kind == "set" else [value]) if setting.choices and one not in setting.choices
    ]
    if outside:
        allowed = ", ".join(str(choice) for choice in setting.choices)
        raise InputError(f"{setting.name} must be one of {allowed}, not {harmless(outside[0], 100)}")
    if setting.url and value and not is_redacted(value):
        _check_url(setting.name, value)


def _check_url(name: str, url: str) -> None:
    try:
        parts = urlsplit(url)
        usable = bool(parts.hostname) and (parts.port is None or parts.port > 0)
    except ValueError:
        parts, usable = None, False
    clean = not any(character.isspace() or not character.isprintable() for character in url)
    if parts is None or not usable or not clean:
        raise InputError(f"{name} is no URL that a webhook can have", 'Write https://host/path; "" removes it.')
    if parts.scheme != "https":
        raise InputError(f"{name} must begin with https://, the client calls nothing else")


def check_against(client: Snapshot, values: Values) -> None:
    """What the client's version cannot do. Raises InputError."""
    for name, value in values.items():
        setting = BY_NAME.get(name)
        if setting is None:
            continue
        there = name in client.values
        if setting.since and not there and is_before(client.version, setting.since):
            raise InputError(
                f"{name} needs a client from version {setting.since} on, this one is {version_text(client)}",
                _older_name(setting),
            )
        bound = setting.cannot_enable_from
        if value is True and client.values.get(name) is not True and bound and is_at_least(client.version, bound):
            raise InputError(
                f"{name} cannot be switched on from version {bound} on, this client is {version_text(client)}"
            )


def _older_name(setting: Setting) -> str:
    if setting is catalog.MESSAGE_COLLECTION:
        return "Use collect_messages, which finds the right setting for each version."
    return "Leave it out for this client."


def version_text(client: Snapshot) -> str:
    return ".".join(str(part) for part in client.version) if client.version else "of an unknown version"


def without_placeholders(client: Snapshot, values: Values, key: bytes | None = None) -> Values:
    """A URL as this collection shows it, pasted back, means the URL that the client has; any other is refused.

    :arg key: the key of the fingerprints (see ``redaction``), which a URL with a fingerprint needs.
    """
    url = values.get(URL)
    if not isinstance(url, str) or not is_redacted(url):
        return values
    current = client.values.get(URL)
    if not stands_for(url, current if isinstance(current, str) else None, key):
        raise InputError(
            f"{URL} is a URL with hidden parts (***), and not that of this client",
            "Give the whole URL, or the ledger with which this one was shown.",
        )
    return {name: value for name, value in values.items() if name != URL}


def check_webhook_loss(client: Snapshot, after: Mapping[str, Any], allowed: bool) -> None:
    """Without a webhook URL the client drops its callbacks. Raises InputError."""
    if client.values.get(URL) and not after.get(URL) and not allowed:
        raise InputError(
            "this would remove webhooks.url, and without it the client drops its callbacks",
            "Set allow_webhook_loss: true if that is wanted.",
        )


def warnings(client: Snapshot, given: Values, after: Values) -> Iterator[str]:
    """What is allowed and probably not what is meant."""
    for name in given:
        setting = BY_NAME.get(name)
        if setting and setting.deprecated and is_at_least(client.version, setting.deprecated):
            instead = f"; use {setting.deprecated_hint}" if setting.deprecated_hint else ""
            yield f"{name} is deprecated since client version {setting.deprecated}{instead}."
    merged: dict[str, Any] = dict(after, **given)
    if "log_level" in given and merged.get("verbose_logging") is True:
        yield "log_level has no effect while verbose_logging is on."
    intervals: list[Any] = [merged.get("heartbeat_interval"), merged.get("unhealthy_interval")]
    about_intervals = {"heartbeat_interval", "unhealthy_interval"} & set(given)
    if about_intervals and all(isinstance(one, int) for one in intervals) and intervals[1] <= intervals[0]:
        shorter, longer = intervals[1], intervals[0]
        yield f"unhealthy_interval ({shorter} s) is not above heartbeat_interval ({longer} s): nodes fail over at once."
