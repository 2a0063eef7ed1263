# SPDX-FileCopyrightText: 2026 wabiz.onprem contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Options as data: the argument spec, what is shown of arguments, what Ansible has to mask."""

from __future__ import annotations

from typing import Any

import pytest

from ansible_collections.wabiz.onprem.plugins.module_utils._common import option_specs
from ansible_collections.wabiz.onprem.plugins.module_utils._operations import application_settings

OPTIONS: dict[str, dict[str, Any]] = {
    "password": {"type": "str", "no_log": True, "env": "X_PASSWORD"},
    "extra": {"type": "dict", "no_log": True, "redact": "values"},
    "hooks": {
        "type": "dict",
        "options": {"url": {"type": "str", "no_log": True, "redact": "url"}, "n": {"type": "int"}},
    },
    "plain": {"type": "str"},
}
PARAMS = {
    "password": "s3cret",
    "extra": {"a": "s3cret", "b": {"c": "s3cret"}},
    "hooks": {"url": "https://u:s3cret@h?a=s3cret", "n": 1},
    "plain": "x",
}


def test_the_argument_spec_knows_only_ansibles_keys() -> None:
    spec = option_specs.argument_spec(OPTIONS)
    assert spec["password"] == {"type": "str", "no_log": True, "fallback": (option_specs.env_fallback, ["X_PASSWORD"])}
    assert spec["extra"] == {"type": "dict", "no_log": True}
    assert spec["hooks"]["options"]["url"] == {"type": "str", "no_log": True}
    assert "env" in OPTIONS["password"]


def test_what_is_shown_of_arguments() -> None:
    assert option_specs.shown_params(OPTIONS, PARAMS) == {
        "password": "VALUE_SPECIFIED_IN_NO_LOG_PARAMETER",
        "extra": {"a": "***", "b": "***"},
        "hooks": {"url": "https://h/***", "n": 1},
        "plain": "x",
    }
    assert PARAMS["hooks"] == {"url": "https://u:s3cret@h?a=s3cret", "n": 1}


def test_what_ansible_has_to_mask() -> None:
    assert list(option_specs.secret_values(OPTIONS, PARAMS)) == ["s3cret"]
    assert list(option_specs.secret_values(OPTIONS, {"hooks": None, "password": ""})) == []


@pytest.mark.parametrize(
    ("args", "found"),
    [
        ({"plain": 1, "hooks": {"n": 1}}, None),
        ({"plaid": 1}, ("plaid", "", "plain")),
        ({"zzz": 1}, ("zzz", "", "")),
        ({"hooks": {"ur": 1}}, ("ur", "hooks.", "url")),
        ({"hooks": "n=1"}, None),
    ],
)
def test_unknown_options(args: dict[str, Any], found: Any) -> None:
    assert option_specs.unknown_option(OPTIONS, args) == found


def test_no_secret_of_application_settings_is_left_to_chance() -> None:
    def leaves(options: Any) -> Any:
        for name, option in options.items():
            if "options" in option:
                yield from leaves(option["options"])
            else:
                yield name, option

    secret = {name for name, option in leaves(application_settings.OPTIONS) if option.get("no_log")}
    assert secret == {"password", "token", "url", "extra_settings", "settings"}
