# Copyright (c) 2026, wabiz.onprem contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-FileCopyrightText: 2026 wabiz.onprem contributors
# SPDX-License-Identifier: GPL-3.0-or-later

# Note that this module util is **PRIVATE** to the collection. It can have breaking changes at any time.
"""From an operation's options (data) to what Ansible wants, and to what may be shown of the arguments.

An option is described like in an ``argument_spec``, with two more keys: ``env`` names the environment variable that it
falls back to, ``redact`` says how it is shown (``url``: a URL without its secret parts; ``values``: names without values).
"""

from __future__ import annotations

from typing import Any, Iterator, Mapping

from ansible.module_utils.basic import env_fallback
from ansible.module_utils.common.arg_spec import ArgumentSpecValidator
from ansible.module_utils.common.parameters import remove_values

from .redaction import hide_values, redact_url
from .suggestions import nearest

Options = Mapping[str, Mapping[str, Any]]


def argument_spec(options: Options) -> dict[str, dict[str, Any]]:
    """The ``argument_spec`` of these options."""
    spec = {}
    for name, option in options.items():
        entry = {key: value for key, value in option.items() if key not in ("env", "redact")}
        if "env" in option:
            entry["fallback"] = (env_fallback, [option["env"]])
        if "options" in option:
            entry["options"] = argument_spec(option["options"])
        spec[name] = entry
    return spec


def shown_params(options: Options, params: Mapping[str, Any]) -> dict[str, Any]:
    """The arguments as they may be shown: options with ``redact`` are redacted, all others are left to ``no_log``."""
    shown = dict(params)
    for name, option in options.items():
        value = params.get(name)
        if value is None:
            continue
        if option.get("redact") == "url":
            shown[name] = redact_url(value)
        elif option.get("redact") == "values":
            shown[name] = hide_values(value)
        elif "options" in option and isinstance(value, Mapping):
            shown[name] = shown_params(option["options"], value)
    return shown


def secret_values(options: Options, params: Mapping[str, Any]) -> Iterator[str]:
    """The values that Ansible has to mask wherever they occur: ``no_log`` without a redaction of our own.

    What is redacted by structure is not registered: a URL without a secret may be shown, and a short value such as
    ``1`` would mask every 1 of the result.
    """
    for name, option in options.items():
        value = params.get(name)
        if not value or option.get("redact"):
            continue
        if "options" in option and isinstance(value, Mapping):
            yield from secret_values(option["options"], value)
        elif option.get("no_log"):
            yield str(value)


def unknown_option(options: Options, args: Mapping[str, Any], place: str = "") -> tuple[str, str, str] | None:
    """The first unknown option: its name, where it stands, and the nearest known name (or an empty string)."""
    for name, value in args.items():
        if name not in options:
            return str(name), place, nearest(name, options)
        suboptions = options[name].get("options")
        if suboptions and isinstance(value, Mapping):
            found = unknown_option(suboptions, value, f"{place}{name}.")
            if found:
                return found
    return None


def no_dictionary(options: Options, args: Mapping[str, Any]) -> str:
    """The first option that must be a dictionary and is none; empty if all are.

    Ansible would take a text apart at its equals signs, and name the parts in its messages: a URL with its secrets, where
    somebody gave that for the dictionary around it.
    """
    for name, value in args.items():
        if options[name].get("type") == "dict" and value is not None and not isinstance(value, Mapping):
            return str(name)
    return ""


def typed(options: Options, values: Mapping[str, Any]) -> tuple[dict[str, Any], str]:
    """Values that are no arguments of their own, validated as if they were: all options, and what is wrong.

    Of what is wrong the text holds no secret value. Where something is, the values are those that were understood.
    """
    unknown = unknown_option(options, values)
    if unknown:
        name, place, known = unknown
        return {}, f"unknown setting {place}{name}" + (f" (did you mean {known}?)" if known else "")
    name = no_dictionary(options, values)
    if name:
        return {}, f"the setting {name} must be a dictionary"
    validation = ArgumentSpecValidator(argument_spec(options)).validate(dict(values))
    problem = validation.errors.msg if validation.error_messages else ""
    secrets = validation._no_log_values | set(_urls(values))
    return validation.validated_parameters, str(remove_values(problem, secrets))


def _urls(value: Any) -> Iterator[str]:
    """The URLs among values: one in the wrong place is as secret as in the right one."""
    if isinstance(value, Mapping):
        value = list(value.values())
    if isinstance(value, list):
        for one in value:
            yield from _urls(one)
    elif isinstance(value, str) and "://" in value:
        yield value
