# Copyright (c) 2026, wabiz.onprem contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-FileCopyrightText: 2026 wabiz.onprem contributors
# SPDX-License-Identifier: GPL-3.0-or-later

# Note that this module util is **PRIVATE** to the collection. It can have breaking changes at any time.
"""THE table of application settings: one row per setting, everything that is known about it.

Source of a row, unless its comment says otherwise: Meta's reference page of ``/v1/settings/application``
(On-Premises API, as of its last version before the shutdown in October 2025). Where public sources disagree
about a default, ``default_certain`` is false and no decision may rest on it.

Pure data; standard library alone, so that the file can be loaded by its path.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cached_property
from typing import Any


@dataclass(frozen=True)
class Setting:
    """One leaf of the settings resource."""

    api: str  # dotted name in the API, e.g. "webhooks.message.sent"
    kind: str  # "bool", "int", "str", or "set" (a list whose order means nothing)
    default: Any = None  # documented default; None: none is documented
    default_certain: bool = True  # false: sources disagree, or none states it
    restart: bool = False  # in effect only after the Coreapp has been restarted
    since: str | None = None  # first client version that knows the setting
    removed: str | None = None  # from this client version on, GET does not show it any more
    deprecated: str | None = None  # deprecated since this client version
    deprecated_hint: str = ""  # what to use instead, where there is something
    cannot_enable_from: str | None = None  # from this client version on, `true` is refused
    echoed: bool = True  # false: no known GET answer ever contained it
    choices: tuple[Any, ...] = ()
    minimum: int | None = None
    unit: str = ""
    multiconnect: bool = False  # has a meaning with Multiconnect alone
    url: bool = False  # an https:// URL that may carry secrets
    option: str = ""  # dotted option name; empty: the same as `api`

    @property
    def name(self) -> str:
        """The dotted name in this collection's options and results."""
        return self.option or self.api

    @cached_property
    def api_path(self) -> tuple[str, ...]:
        return tuple(self.api.split("."))

    @cached_property
    def option_path(self) -> tuple[str, ...]:
        return tuple(self.name.split("."))

    @property
    def top_level(self) -> str:
        """The key of the PATCH body that carries this setting."""
        return self.api_path[0]


MEDIA_TYPES = ("audio", "document", "image", "sticker", "video", "voice")
LOG_LEVELS = ("info", "warning", "error", "fatal")

SETTINGS: tuple[Setting, ...] = (
    # "Affects the limits of connections to the database": no known GET answer contains it. The optimisation that it
    # switches off came with 2.25; since when the setting exists is not documented.
    Setting("axolotl_context_striping_disabled", "bool", False, restart=True, echoed=False),
    # The page types both delays as strings; clients answer with integers and take either.
    Setting("callback_backoff_delay_ms", "int", 3000, minimum=0, unit="milliseconds"),
    Setting("callback_persist", "bool", True, restart=True),
    # Default: the page says true, but false where pass_through was false before 2.29; an official sample shows false.
    Setting(
        "db_garbagecollector_enable",
        "bool",
        True,
        default_certain=False,
        restart=True,
        removed="2.49.1",
        deprecated="2.49",
        deprecated_hint="garbagecollector_enable",
    ),
    Setting("garbagecollector_enable.messages", "bool", True, restart=True, since="2.49.1"),
    Setting("garbagecollector_enable.media", "bool", False, restart=True, since="2.49.1"),
    Setting("heartbeat_interval", "int", 5, minimum=1, unit="seconds", multiconnect=True),
    Setting("log_level", "str", "info", restart=True, since="2.51.1", choices=LOG_LEVELS),
    Setting("max_callback_backoff_delay_ms", "int", 900000, minimum=0, unit="milliseconds"),
    # The page states no default, and nothing about an empty list; a fresh client shows all six types.
    Setting("media.auto_download", "set", None, default_certain=False, choices=MEDIA_TYPES),
    # Default: the page says false, a fresh client shows true.
    Setting("notify_user_change_number", "bool", False, default_certain=False),
    # Default: the page says false, an earlier specification says true.
    Setting(
        "pass_through",
        "bool",
        False,
        default_certain=False,
        restart=True,
        removed="2.49.1",
        cannot_enable_from="2.35",
    ),
    Setting("show_security_notifications", "bool", False),
    Setting("skip_referral_media_download", "bool", False, removed="2.49.1"),
    Setting("unhealthy_interval", "int", 30, minimum=1, unit="seconds", multiconnect=True),
    Setting("verbose_logging", "bool", False, restart=True, since="2.51.1"),
    Setting(
        "webhook_payload_conversation_pricingmodel_disabled",
        "bool",
        False,
        deprecated="2.39",
        echoed=False,
    ),
    Setting("webhooks.max_concurrent_requests", "int", 6, restart=True, choices=(6, 12, 18, 24)),
    # Ansible reserves the option name "message".
    Setting("webhooks.message.delivered", "bool", True, since="2.41.2", option="webhooks.message_status.delivered"),
    Setting("webhooks.message.read", "bool", True, since="2.41.2", option="webhooks.message_status.read"),
    Setting("webhooks.message.sent", "bool", True, since="2.41.2", option="webhooks.message_status.sent"),
    Setting("webhooks.url", "str", "", url=True),
)

# Identity, not a setting: the client sets it when it registers.
READ_ONLY: tuple[str, ...] = ("wa_id",)

BY_API: dict[str, Setting] = {setting.api: setting for setting in SETTINGS}
BY_NAME: dict[str, Setting] = {setting.name: setting for setting in SETTINGS}
TOP_LEVEL: tuple[str, ...] = tuple(dict.fromkeys(setting.top_level for setting in SETTINGS))

# What switches the automatic garbage collection of messages: the present name, and the one before 2.49.1.
MESSAGE_COLLECTION = BY_API["garbagecollector_enable.messages"]
MESSAGE_COLLECTION_BEFORE_2_49_1 = BY_API["db_garbagecollector_enable"]

# The words in which settings are named and described: they are the same for every client.
OWN_WORDS = frozenset(
    [setting.name for setting in SETTINGS]
    + [one for setting in SETTINGS for one in setting.choices if isinstance(one, str)]
)


_EXTRA_NAME = re.compile(r"[A-Za-z0-9_.-]{1,200}\Z")


def can_be_a_name(key: str) -> bool:
    """Whether a setting that is not in the catalog can have this name."""
    return bool(_EXTRA_NAME.match(key))
