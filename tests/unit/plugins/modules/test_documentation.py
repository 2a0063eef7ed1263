# SPDX-FileCopyrightText: 2026 wabiz.onprem contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""The documentation of the settings modules agrees with the table of settings and with the options."""

from __future__ import annotations

from typing import Any, Iterator

import pytest
import yaml

from ansible_collections.wabiz.onprem.plugins.doc_fragments import connection, ledger
from ansible_collections.wabiz.onprem.plugins.module_utils._operations import application_settings as operation
from ansible_collections.wabiz.onprem.plugins.module_utils._operations import (
    application_settings_info as info_operation,
)
from ansible_collections.wabiz.onprem.plugins.module_utils._operations import client_status as status_operation
from ansible_collections.wabiz.onprem.plugins.module_utils._settings.catalog import SETTINGS, Setting
from ansible_collections.wabiz.onprem.plugins.module_utils._status import KINDS, unknown
from ansible_collections.wabiz.onprem.plugins.modules import (
    application_settings,
    application_settings_info,
    client_status,
)

DOCUMENTED = yaml.safe_load(application_settings.DOCUMENTATION)["options"]
FRAGMENTS = {
    **yaml.safe_load(connection.ModuleDocFragment.DOCUMENTATION)["options"],
    **yaml.safe_load(ledger.ModuleDocFragment.DOCUMENTATION)["options"],
}


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
    assert (f"version {setting.since} on" in text) or setting.since in (None, "2.25")
    assert ("eprecated since client version" in text) is bool(setting.deprecated)
    assert not setting.deprecated or setting.deprecated in text
    assert not setting.unit or setting.unit.capitalize() in text or setting.unit in text
    assert ("never shows it" in text) is not setting.echoed
    assert not setting.multiconnect or "Multiconnect" in text


@pytest.mark.parametrize(
    ("documentation", "options"),
    [
        (application_settings.DOCUMENTATION, operation.OPTIONS),
        (application_settings_info.DOCUMENTATION, info_operation.OPTIONS),
        (client_status.DOCUMENTATION, status_operation.OPTIONS),
    ],
    ids=["application_settings", "application_settings_info", "client_status"],
)
def test_the_options_are_the_documented_ones(documentation: str, options: Any) -> None:
    documented = dict(yaml.safe_load(documentation).get("options") or {}, **FRAGMENTS)
    found = dict(leaves(documented, "suboptions"))
    real = dict(leaves(options, "options"))
    assert set(found) == set(real)
    for name, option in real.items():
        for key in ("type", "elements", "default"):
            assert found[name].get(key) == option.get(key), (name, key)
        assert bool(found[name].get("required")) is bool(option.get("required")), name


def test_what_get_never_shows_is_said_where_idempotence_is_promised() -> None:
    text = str(yaml.safe_load(application_settings.DOCUMENTATION)["attributes"]["idempotent"])
    for setting in SETTINGS:
        assert setting.echoed or f"O({setting.name})" in text


def test_what_is_returned_is_documented() -> None:
    returned = set(yaml.safe_load(application_settings.RETURN))
    assert returned >= {
        "settings",
        "changed_settings",
        "restart_required",
        "restart_settings",
        "held_settings",
        "api_version",
    }
    shown = set(yaml.safe_load(application_settings_info.RETURN))
    assert shown >= {
        "settings",
        "wa_id",
        "other_settings",
        "api_version",
        "restart_required",
        "campaigns",
        "held_settings",
    }


def test_the_status_is_documented() -> None:
    client = yaml.safe_load(client_status.RETURN)["client"]["contains"]
    assert set(client) == set(unknown(None))
    for name, value in unknown(None).items():
        assert not isinstance(value, dict) or set(client[name]["sample"]) == set(value)
    said = str(client["findings"])
    assert [kind for kind in KINDS if f"V({kind})" not in said] == ["unreachable"]  # which only fleet_status can tell
