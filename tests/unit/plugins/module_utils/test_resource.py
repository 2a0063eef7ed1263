# SPDX-FileCopyrightText: 2026 wabiz.onprem contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""The settings as options, as what is shown, and by one GET."""

from __future__ import annotations

from typing import Any
from unittest.mock import create_autospec

import pytest

from ansible_collections.wabiz.onprem.plugins.module_utils._api.client import Client
from ansible_collections.wabiz.onprem.plugins.module_utils._api.responses import Answer
from ansible_collections.wabiz.onprem.plugins.module_utils._common.errors import CallError
from ansible_collections.wabiz.onprem.plugins.module_utils._settings import planning, resource
from ansible_collections.wabiz.onprem.plugins.module_utils._settings.catalog import SETTINGS


def leaves(options: Any, prefix: str = "") -> dict[str, Any]:
    found: dict[str, Any] = {}
    for name, option in options.items():
        if "options" in option:
            found.update(leaves(option["options"], f"{prefix}{name}."))
        else:
            found[prefix + name] = option
    return found


def test_every_setting_is_an_option_without_a_default() -> None:
    found = leaves(resource.setting_options())
    assert set(found) == {setting.name for setting in SETTINGS}
    assert not any("default" in option or option.get("required") for option in found.values())


def test_the_types_and_choices_are_those_of_the_catalog() -> None:
    found = leaves(resource.setting_options())
    types = {"bool": "bool", "int": "int", "str": "str", "set": "list"}
    for setting in SETTINGS:
        assert found[setting.name]["type"] == types[setting.kind]
        assert found[setting.name].get("choices", []) == list(setting.choices)
    assert found["webhooks.url"]["no_log"] is True
    assert found["webhooks.url"]["redact"] == "url"


def mocked(data: Any, version: str | None = "2.53.1") -> Any:
    client = create_autospec(Client, instance=True, spec_set=True)
    client.get.return_value = Answer(200, data, version)
    client.malformed.side_effect = lambda doing, path, problem: CallError(problem, doing=doing, path=path)
    return client


def test_fetch() -> None:
    client = mocked({"settings": {"application": {"callback_persist": True}}})
    assert resource.fetch(client).values == {"callback_persist": True}
    client.get.assert_called_once_with("/v1/settings/application", "read the application settings")


@pytest.mark.parametrize("data", [{}, {"settings": None}, {"settings": {"application": []}}, {"settings": "x"}])
def test_something_else_than_settings(data: Any) -> None:
    with pytest.raises(CallError, match="has no settings"):
        resource.fetch(mocked(data))


def test_shown_hides_what_the_url_hides() -> None:
    assert resource.shown({"webhooks.url": "https://h?a=s3"}) == {"webhooks": {"url": "https://h/***"}}


@pytest.mark.parametrize("url", [["https://h?s3"], {"a": "s3"}, 5])
def test_a_url_of_an_impossible_type_is_hidden(url: Any) -> None:
    before = planning.read_snapshot({"webhooks": {"url": url}}, "2.53.1")
    assert resource.shown(before.values) == {"webhooks": {"url": "***"}}
    pair = resource.shown_pair(["webhooks.url"], ["webhooks.url"], before, {"webhooks.url": "https://h?s3"})
    assert pair == ({"webhooks": {"url": "***"}}, {"webhooks": {"url": "https://h/***"}})


@pytest.mark.parametrize("value", [[[[]]], {"a": 1}, [5], 10**4000, -(10**20), 1e300, float("nan"), float("inf")])
def test_a_value_that_no_setting_can_have_is_not_shown(value: Any) -> None:
    before = planning.read_snapshot({"heartbeat_interval": value}, "2.53.1")
    assert resource.shown(before.values) == {"heartbeat_interval": resource.IMPOSSIBLE}
    pair = resource.shown_pair(["heartbeat_interval"], ["heartbeat_interval"], before, {"heartbeat_interval": 5})
    assert pair == ({"heartbeat_interval": resource.IMPOSSIBLE}, {"heartbeat_interval": 5})


def shown_pair(application: dict[str, Any], changed: list[str], after: dict[str, Any]) -> Any:
    before = planning.read_snapshot(application, "2.53.1")
    return resource.shown_pair(sorted(after), changed, before, after)


def test_both_sides_of_a_change() -> None:
    application = {"callback_persist": True, "webhooks": {"url": "https://h?a=one"}, "pager": "one"}
    after = {"callback_persist": False, "webhooks.url": "https://h?a=two", "extra_settings.pager": "two"}
    assert shown_pair(application, sorted(after), after) == (
        {"callback_persist": True, "webhooks": {"url": "https://h/***"}, "extra_settings": {"pager": "***"}},
        {
            "callback_persist": False,
            "webhooks": {"url": "https://h/*** (changed)"},
            "extra_settings": {"pager": "*** (changed)"},
        },
    )


def test_what_is_not_there_yet_is_new() -> None:
    after = {"axolotl_context_striping_disabled": True, "extra_settings.pager": "two"}
    assert shown_pair({}, sorted(after), after) == (
        {},
        {"axolotl_context_striping_disabled": True, "extra_settings": {"pager": "***"}},
    )


@pytest.mark.parametrize(
    "after",
    [{"axolotl_context_striping_disabled": True}, {"extra_settings.pager": 5}, {"extra_settings.sent_status": 1}],
)
def test_what_has_not_changed_is_the_same_on_both_sides(after: dict[str, Any]) -> None:
    before, now = shown_pair({"sent_status": "1"}, [], after)
    assert before == now != {}
