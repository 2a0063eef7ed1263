# SPDX-FileCopyrightText: 2026 wabiz.onprem contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""The documentation of the modules agrees with the table of settings, with the options, and with what is returned."""

from __future__ import annotations

import dataclasses
import importlib
from pathlib import Path
from typing import Any, Iterator

import pytest
import yaml

from ansible_collections.wabiz.onprem.plugins.module_utils import _operations
from ansible_collections.wabiz.onprem.plugins.module_utils._api.health import Node
from ansible_collections.wabiz.onprem.plugins.module_utils._settings.catalog import SETTINGS, Setting
from ansible_collections.wabiz.onprem.plugins.module_utils._status import KINDS, unknown
from ansible_collections.wabiz.onprem.plugins.modules import (
    application_settings,
    application_settings_info,
    campaign,
    client_status,
    health_info,
    rolling_restart,
)

PLUGINS = "ansible_collections.wabiz.onprem.plugins"
DOCUMENTED = yaml.safe_load(application_settings.DOCUMENTATION)["options"]
OPERATIONS = sorted(path.stem for path in Path(_operations.__path__[0]).glob("[!_]*.py"))


def leaves(options: Any, inner: str, prefix: str = "") -> Iterator[tuple[str, Any]]:
    for name, option in options.items():
        if option.get(inner):
            yield from leaves(option[inner], inner, f"{prefix}{name}.")
        else:
            yield prefix + name, option


LEAVES = dict(leaves(DOCUMENTED, "suboptions"))


def text_of(setting: Setting) -> str:
    """What is said of a setting and of the options that it lies in."""
    texts: list[str] = []
    place: Any = DOCUMENTED
    for part in setting.option_path:
        description = place[part]["description"]
        texts += [description] if isinstance(description, str) else description
        place = place[part].get("suboptions")
    return " ".join(texts)


@pytest.mark.parametrize("setting", SETTINGS, ids=lambda setting: setting.name)
def test_a_setting_is_documented_as_it_is(setting: Setting) -> None:
    option = LEAVES[setting.name]
    assert option["type"] == {"bool": "bool", "int": "int", "str": "str", "set": "list"}[setting.kind]
    assert set(option.get("choices", [])) == set(setting.choices)
    assert "default" not in option
    text = text_of(setting)
    assert ("restart of the Coreapp" in text) is setting.restart
    assert (f"version {setting.since} on" in text) or setting.since is None
    assert ("eprecated since client version" in text) is bool(setting.deprecated)
    assert not setting.deprecated or setting.deprecated in text
    assert not setting.unit or setting.unit.capitalize() in text or setting.unit in text
    assert ("never shows it" in text) is not setting.echoed
    assert not setting.multiconnect or "Multiconnect" in text


def documented_options(name: str) -> dict[str, Any]:
    """The options of a module and of the fragments that it extends."""
    documentation = yaml.safe_load(importlib.import_module(f"{PLUGINS}.modules.{name}").DOCUMENTATION)
    options: dict[str, Any] = {}
    for fragment in documentation.get("extends_documentation_fragment", []):
        file, _dot, part = fragment.removeprefix("wabiz.onprem.").partition(".")
        doc = importlib.import_module(f"{PLUGINS}.doc_fragments.{file}").ModuleDocFragment
        options.update(yaml.safe_load(getattr(doc, part.upper() or "DOCUMENTATION")).get("options") or {})
    return dict(options, **documentation.get("options") or {})


@pytest.mark.parametrize("name", OPERATIONS)
def test_the_options_are_the_documented_ones(name: str) -> None:
    operation = importlib.import_module(f"{PLUGINS}.module_utils._operations.{name}")
    found = dict(leaves(documented_options(name), "suboptions"))
    real = dict(leaves(operation.OPTIONS, "options"))
    assert set(found) == set(real)
    for option_name, option in real.items():
        for key in ("type", "elements", "default"):
            assert found[option_name].get(key) == option.get(key), (option_name, key)
        assert set(found[option_name].get("choices") or []) == set(option.get("choices") or []), option_name
        assert bool(found[option_name].get("required")) is bool(option.get("required")), option_name


def test_what_get_never_shows_is_said_where_idempotence_is_promised() -> None:
    text = str(yaml.safe_load(application_settings.DOCUMENTATION)["attributes"]["idempotent"])
    for setting in SETTINGS:
        assert setting.echoed or f"O({setting.name})" in text


def test_what_is_returned_is_documented() -> None:
    settings = {
        "settings",
        "changed_settings",
        "restart_required",
        "restart_settings",
        "restart_reason",
        "prepared",
        "held_settings",
        "in_effect",
        "api_version",
        "error",
    }
    assert set(yaml.safe_load(application_settings.RETURN)) == settings
    assert set(yaml.safe_load(campaign.RETURN)) == settings | {"campaigns", "active", "ended", "message"}
    assert set(yaml.safe_load(application_settings_info.RETURN)) == {
        "settings",
        "wa_id",
        "other_settings",
        "api_version",
        "restart_required",
        "restart_settings",
        "restart_since",
        "campaigns",
        "held_settings",
        "in_effect",
    }
    assert set(yaml.safe_load(rolling_restart.RETURN)) >= {"go", "restart_id", "health", "next", "message", "unknown"}


def test_a_node_of_the_health_report_is_documented() -> None:
    node = yaml.safe_load(health_info.RETURN)["nodes"]
    assert set(node["contains"]) == {field.name for field in dataclasses.fields(Node)}
    assert all(set(sample) == set(node["contains"]) for sample in node["sample"])


def test_the_status_is_documented() -> None:
    client = yaml.safe_load(client_status.RETURN)["client"]["contains"]
    assert set(client) == set(unknown(None))
    for name, value in unknown(None).items():
        assert not isinstance(value, dict) or set(client[name]["sample"]) == set(value)
    said = str(client["findings"])
    assert [kind for kind in KINDS if f"V({kind})" not in said] == ["unreachable"]  # which only fleet_status can show
