# Copyright (c) 2026, wabiz.onprem contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-FileCopyrightText: 2026 wabiz.onprem contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""The collection's table of settings, loaded by its path (it imports nothing of Ansible), and the oddities on top.

Keys, types, ranges and versions are said once, in that table. Here is only what a *client* does and the
table does not say: what a fresh one shows, and what old ones took.
"""

from __future__ import annotations

import importlib.util
import os
import sys
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from types import ModuleType
from typing import Any

VERSIONS = ("2.33.4", "2.41.2", "2.49.1", "2.53.1")
DEFAULT_VERSION = "2.53.1"

# What a recorded fresh client shows where it disagrees with the documentation, or the documentation is silent.
FRESH = {
    "notify_user_change_number": True,
    "media.auto_download": ["voice", "sticker", "audio", "document", "image", "video"],
}
# The *_ms settings are documented as strings, sent as either, and always answered as integers.
INTEGER_OR_STRING = ("callback_backoff_delay_ms", "max_callback_backoff_delay_ms")
# Settings that newer clients do not merely stop showing: they refuse them.
REFUSED_FROM = {"db_garbagecollector_enable": "2.49.1"}


@dataclass(frozen=True)
class Key:
    """One leaf setting as this emulator treats it."""

    name: str
    kind: str
    fresh: Any
    restart: bool = False
    since: str | None = None
    hidden_from: str | None = None
    refused_from: str | None = None
    cannot_enable_from: str | None = None
    echoed: bool = True
    choices: tuple[Any, ...] = ()
    minimum: int | None = None
    url: bool = False


# Never in the reference page of today: old clients send them with every change.
LEGACY = (
    Key("on_call_pager", "str", "", echoed=False, refused_from="2.41.2"),
    Key("sent_status", "bool", True, hidden_from="2.49.1"),
    Key("tcp_listen_address", "str", "any", echoed=False, refused_from="2.41.2"),
)


def collection_folder() -> Path:
    """The collection's `module_utils`; `WA_EMULATOR_CATALOG` names another place (an image, say)."""
    chosen = os.environ.get("WA_EMULATOR_CATALOG")
    return Path(chosen) if chosen else Path(__file__).resolve().parents[2] / "plugins" / "module_utils"


def _load(package: str, name: str) -> ModuleType:
    """A file of the collection that needs the standard library alone, by its path: no Ansible is needed here."""
    full_name = f"emulator._collection_{name}"
    spec = importlib.util.spec_from_file_location(full_name, collection_folder() / package / f"{name}.py")
    assert spec is not None and spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    sys.modules[full_name] = module  # dataclasses look their module up by name
    spec.loader.exec_module(module)
    return module


@lru_cache(maxsize=1)
def catalog() -> ModuleType:
    return _load("_settings", "catalog")


@lru_cache(maxsize=1)
def versions() -> ModuleType:
    return _load("_common", "versions")


@lru_cache(maxsize=1)
def keys() -> dict[str, Key]:
    """All leaf settings by their dotted API name."""
    rows = [
        Key(
            name=row.api,
            kind=row.kind,
            fresh=FRESH.get(row.api, row.default),
            restart=row.restart,
            since=row.since,
            hidden_from=row.removed,
            refused_from=REFUSED_FROM.get(row.api),
            cannot_enable_from=row.cannot_enable_from,
            echoed=row.echoed,
            choices=tuple(row.choices),
            minimum=row.minimum,
            url=row.url,
        )
        for row in catalog().SETTINGS
    ]
    return {key.name: key for key in (*rows, *LEGACY)}


def read_only() -> tuple[str, ...]:
    return tuple(catalog().READ_ONLY)


@lru_cache(maxsize=256)
def at_least(version: str, bound: str | None) -> bool:
    """Whether `version` has reached `bound`; no bound is never reached."""
    if bound is None:
        return False
    return bool(versions().parse_version(version) >= versions().parse_version(bound))


@lru_cache(maxsize=64)
def accepted(version: str) -> dict[str, Key]:
    """The settings that a client of this version takes in a PATCH."""
    return {
        name: key
        for name, key in keys().items()
        if (key.since is None or at_least(version, key.since)) and not at_least(version, key.refused_from)
    }


@lru_cache(maxsize=64)
def shown(version: str) -> dict[str, Key]:
    """The settings that a client of this version answers to a GET."""
    return {
        name: key for name, key in accepted(version).items() if key.echoed and not at_least(version, key.hidden_from)
    }


def message_collection_key(version: str) -> str:
    """What switches the automatic garbage collection of messages in this version."""
    table = catalog()
    new, old = table.MESSAGE_COLLECTION, table.MESSAGE_COLLECTION_BEFORE_2_49_1
    return str((new if at_least(version, new.since) else old).api)
