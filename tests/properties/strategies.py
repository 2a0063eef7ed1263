# SPDX-FileCopyrightText: 2026 wabiz.onprem contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Random settings, servers and tasks. Every secret that is drawn contains the word SECRET."""

from __future__ import annotations

from typing import Any

from hypothesis import strategies as st
from properties.model import VERSIONS, Server, exists

from ansible_collections.wabiz.onprem.plugins.module_utils._operations.application_settings import OPTIONS
from ansible_collections.wabiz.onprem.plugins.module_utils._settings.catalog import SETTINGS, Setting

SECRET = "SECRET"
MARKS = st.integers(0, 3).map(lambda number: f"{SECRET}{number}")

urls = st.one_of(
    st.just(""),
    st.sampled_from(["https://hooks.example/wa", "https://other.example:8443/in?debug="]),
    st.builds("https://hooks.example/wa?auth={}&x=".format, MARKS),
    st.builds("https://user:{}@hooks.example/wa".format, MARKS),
    st.builds("https://hooks.example/wa?{}".format, MARKS),
    st.builds("https://hooks.example/wa;{}?a={}#{}".format, MARKS, MARKS, MARKS),
)
extra_values = st.one_of(
    MARKS, st.sampled_from(["true", "True", "1", 1, 1.0]), st.booleans(), st.integers(0, 5), st.lists(MARKS, max_size=2)
)
extras = st.dictionaries(st.sampled_from(["sent_status", "on_call_pager", "future_thing"]), extra_values, max_size=2)


def valid_values(setting: Setting) -> st.SearchStrategy[Any]:
    """Values that the setting can have, normalised."""
    if setting.kind == "bool":
        return st.booleans()
    if setting.kind == "set":
        return st.lists(st.sampled_from(setting.choices), unique=True).map(sorted)
    if setting.url:
        return urls
    if setting.choices:
        return st.sampled_from(setting.choices)
    return st.integers(setting.minimum or 0, (setting.minimum or 0) + 5)


@st.composite
def servers(draw: Any, **changes: Any) -> Server:
    """A client in any state. Certain defaults are those of the documentation, the others are unknown."""
    version = draw(st.sampled_from(VERSIONS))
    present = [setting for setting in SETTINGS if exists(setting, version)]
    defaults = {
        setting.api: setting.default if setting.default_certain else draw(valid_values(setting)) for setting in present
    }
    stored = dict(defaults)
    for setting in draw(st.lists(st.sampled_from(present), unique=True, max_size=8)):
        stored[setting.api] = draw(valid_values(setting))
    options = {
        "version": version,
        "nested": draw(st.sampled_from(["replace", "deep"])),
        "defaults": defaults,
        "stored": stored,
        "extra": draw(extras),
        "default_extra": draw(extras),
        "hidden_extra": draw(st.sampled_from([(), ("on_call_pager",), ("sent_status", "future_thing")])),
        "odd": draw(st.booleans()),
    }
    return Server(**{**options, **changes})


def filled(options: Any, given: dict[str, Any]) -> dict[str, Any]:
    """What Ansible makes of arguments: every option is there, absent ones with their default."""
    params = {name: option.get("default") for name, option in options.items()}
    for name, value in given.items():
        inner = options[name].get("options")
        params[name] = filled(inner, value) if inner and isinstance(value, dict) else value
    return params


def put(arguments: dict[str, Any], path: tuple[str, ...], value: Any) -> None:
    for part in path[:-1]:
        arguments = arguments.setdefault(part, {})
    arguments[path[-1]] = value


@st.composite
def present_arguments(draw: Any) -> dict[str, Any]:
    arguments: dict[str, Any] = {}
    for setting in draw(st.lists(st.sampled_from(SETTINGS), unique=True, max_size=6)):
        put(arguments, setting.option_path, draw(valid_values(setting)))
    if draw(st.booleans()):
        arguments["extra_settings"] = draw(extras)
    if draw(st.integers(0, 4)) == 0:
        arguments["collect_messages"] = draw(st.booleans())
    names = [setting.name for setting in SETTINGS if setting.default_certain]
    if draw(st.integers(0, 2)) == 0:
        arguments["reset"] = draw(st.lists(st.sampled_from(names), max_size=3))
    arguments["allow_webhook_loss"] = draw(st.booleans())
    return arguments


default_arguments = st.booleans().map(lambda allowed: {"state": "default", "allow_webhook_loss": allowed})
tasks = st.one_of(present_arguments(), present_arguments(), default_arguments)


def params(arguments: dict[str, Any], ledger: str | None) -> dict[str, Any]:
    """The validated arguments of one task."""
    return filled(OPTIONS, dict(arguments, api_url="https://client.example:9090", ledger=ledger))
