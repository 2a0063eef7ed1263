# Copyright (c) 2026, wabiz.onprem contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-FileCopyrightText: 2026 wabiz.onprem contributors
# SPDX-License-Identifier: GPL-3.0-or-later

# Note that this module util is **PRIVATE** to the collection. It can have breaking changes at any time.
"""From an operation's options (data) to what Ansible wants, and to what may be shown of the arguments.

An option is described like in an ``argument_spec``, with two more keys: ``env`` names the environment variable that it
falls back to, ``redact`` says how it is shown (``url``: scheme and host of a URL; ``client``: the URL of a client's API, with
its path; ``values``: names without values).
"""

from __future__ import annotations

import decimal
import re
from typing import Any, Iterable, Iterator, Mapping

from ansible.module_utils.basic import env_fallback
from ansible.module_utils.common.arg_spec import ArgumentSpecValidator

from .errors import InputError
from .masking import Mask
from .plain_files import path_problem
from .redaction import HIDDEN, hide_values, redact_api_url, redact_url
from .suggestions import nearest
from .text import LONGEST_MESSAGE, harmless, visible

Options = Mapping[str, Mapping[str, Any]]

CENSORED = "VALUE_SPECIFIED_IN_NO_LOG_PARAMETER"  # as Ansible shows a value with no_log
DEEPEST = 30  # levels of nested lists and dictionaries in an option
LARGEST_NUMBER = 10**15
JSON_HINT = (
    """, not a text; on the command line, give the options as JSON, for example '{"settings": {"log_level": "info"}}'"""
)


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
    """The arguments as they may be shown, whether they were accepted or not."""
    return {
        visible(_presentable(str(name))): _shown_param(options[name], value) if name in options else _hidden(value)
        for name, value in params.items()
    }


def _shown_param(option: Mapping[str, Any], value: Any) -> Any:
    redact = option.get("redact")
    if value is None or value == "":
        return value
    if redact == "values":
        return visible(_presentable(hide_values(value))) if isinstance(value, Mapping) else HIDDEN
    if redact in ("url", "client"):
        show = redact_url if redact == "url" else redact_api_url
        return show(value) if isinstance(value, str) else HIDDEN
    if option.get("no_log"):
        return CENSORED
    if "options" in option:
        entries = value if isinstance(value, list) else [value]
        shown = [shown_params(option["options"], one) if isinstance(one, Mapping) else HIDDEN for one in entries]
        return shown if isinstance(value, list) else shown[0]
    return visible(_presentable(value))


def _hidden(value: Any) -> Any:
    """The value of an unknown option: it may be a secret under a misspelt name."""
    return None if value is None else HIDDEN


def _presentable(value: Any) -> Any:
    """A value in which each text with a URL is hidden: none belongs there, so it may be one with a secret.

    A number without a limit is hidden too: Python refuses to write it.
    """
    if isinstance(value, Mapping):
        return {_presentable(str(name)): _presentable(one) for name, one in value.items()}
    if isinstance(value, (list, tuple)):
        return [_presentable(one) for one in value]
    if isinstance(value, int) and abs(value) > LARGEST_NUMBER:
        return "(too large a number)"
    return HIDDEN if isinstance(value, str) and "://" in value else value


def secret_values(options: Options, params: Mapping[str, Any]) -> Iterator[str]:
    """The values that are masked wherever they occur: ``no_log`` without a redaction of our own.

    What is redacted by structure is not registered: a URL without a secret may be shown, and a short value such as
    ``1`` would mask every 1 of the result.
    """
    for name, option in options.items():
        value = params.get(name)
        if not value or option.get("redact"):
            continue
        if "options" in option:
            for entry in value if isinstance(value, list) else [value]:
                if isinstance(entry, Mapping):
                    yield from secret_values(option["options"], entry)
        elif option.get("no_log"):
            yield str(value)


def unknown_option(options: Options, args: Mapping[str, Any], place: str = "") -> tuple[str, str, str] | None:
    """The first unknown option: its name, where it is, and the nearest known name (or an empty string)."""
    for name, value in args.items():
        if name not in options:
            return str(name), place, nearest(name, options)
        suboptions = options[name].get("options")
        if suboptions and isinstance(value, Mapping):
            found = unknown_option(suboptions, value, f"{place}{name}.")
            if found:
                return found
    return None


def unusable(options: Options, args: Mapping[str, Any], place: str = "") -> str:
    """Why a value cannot be given to Ansible's validation, as the end of a sentence; empty if all can.

    Ansible would take a text in the place of a dictionary apart at its equals signs, and name the parts in its messages: a
    URL with its secrets. Numbers without a limit and values that are nested without a limit make it fail.
    """
    for name, value in args.items():
        option, called = options.get(name, {}), harmless(f"{place}{_presentable(name)}", 100)
        if not place and _is_deep(value):
            return f"{called} is nested too deep"
        if option.get("type") == "dict" and value is not None and not isinstance(value, Mapping):
            hint = JSON_HINT if isinstance(value, str) else ""
            return f"{called} must be a dictionary{hint}"
        if option.get("type") == "int" and _is_endless(value):
            return f"{called} is not a number that can be used"
        for entry in value if isinstance(value, list) else [value]:
            problem = ""
            if "options" in option and isinstance(entry, Mapping):
                problem = unusable(option["options"], entry, f"{place}{name}.")
            if problem:
                return problem
    return ""


def _is_endless(value: Any) -> bool:
    """Whether a value is a number that is infinite or has very many digits."""
    if isinstance(value, bool) or not isinstance(value, (int, float, str)):
        return False
    if isinstance(value, int):
        return abs(value) > LARGEST_NUMBER
    try:
        number = decimal.Decimal(value)
    except (decimal.DecimalException, ValueError):
        return False  # not a number at all, which Ansible reports
    return not number.is_finite() or number.adjusted() > 15


def _is_deep(value: Any) -> bool:
    level = [value]
    for _depth in range(DEEPEST):
        level = [inner for one in level for inner in _inner(one)]
        if not level:
            return False
    return True


def _inner(value: Any) -> Iterable[Any]:
    """The lists and dictionaries directly inside of a value."""
    items = value.values() if isinstance(value, Mapping) else value if isinstance(value, (list, tuple, set)) else ()
    return [item for item in items if isinstance(item, (Mapping, list, tuple, set))]


def check_params(options: Options, params: Mapping[str, Any], place: str = "") -> None:
    """Check what Ansible's validation leaves open: paths that cannot be, and numbers without a limit. Raises InputError."""
    for name, option in options.items():
        value, kind = params.get(name), option.get("type")
        if kind == "path" and isinstance(value, str) and path_problem(value):
            raise InputError(f"{place}{name} is not a path: {path_problem(value)}")
        if kind == "int" and isinstance(value, int) and abs(value) > LARGEST_NUMBER:
            raise InputError(f"{place}{name} is too large a number")
        for entry in value if isinstance(value, list) else [value]:
            if "options" in option and isinstance(entry, Mapping):
                check_params(option["options"], entry, f"{place}{name}.")


def typed(options: Options, values: Mapping[str, Any]) -> tuple[dict[str, Any], str]:
    """Values that are not arguments of their own, validated as if they were: all options, and what is wrong.

    Of what is wrong the text holds no secret value. Where something is, the values are those that were understood.
    """
    unknown = unknown_option(options, values)
    if unknown:
        name, place, known = unknown
        name = harmless(_presentable(name), 100)
        return {}, f"unknown setting {place}{name}" + (f" (did you mean {known}?)" if known else "")
    problem = unusable(options, values)
    if problem:
        return {}, f"the setting {problem}"
    validation = ArgumentSpecValidator(argument_spec(options)).validate(dict(values))
    problem = str(validation.errors.msg) if validation.error_messages else ""
    return validation.validated_parameters, shown_problem(problem, options, values, validation._no_log_values)


def shown_problem(problem: str, options: Options, args: Mapping[str, Any], no_log_values: Iterable[Any] = ()) -> str:
    """What Ansible's validation says, without secret values and without URLs, which may be secret in any place."""
    return Mask([*map(str, no_log_values), *secret_values(options, args), *urls(options, args)]).sentence(
        problem, LONGEST_MESSAGE
    )


def urls(options: Options, args: Mapping[str, Any]) -> Iterator[str]:
    """The texts with a URL among arguments: one in the wrong place is as secret as in the right one.

    A URL of which all may be shown is left out.

    The URL of the client's API is left out: messages name the client by what may be shown of it. Of what an engine says, an
    option with ``redact: engine``, only the words with a URL are meant: the rest is why it refused.
    """
    for name, value in args.items():
        if "://" in str(name):
            yield str(name)
        redact = options.get(name, {}).get("redact")
        if redact != "client":
            yield from _urls(value, whole=redact != "engine")


def _urls(value: Any, whole: bool = True) -> Iterator[str]:
    if isinstance(value, Mapping):
        value = [*value, *value.values()]
    if isinstance(value, (list, tuple)):
        for one in value:
            yield from _urls(one, whole)
    elif isinstance(value, str) and "://" in value and redact_url(value) != value:
        if whole or len(value.split()) == 1:
            yield value
        # A text may come back in parts: Ansible takes one apart at commas, spaces and equals signs for some types.
        yield from (part for part in re.split(r"[,\s=]+", value) if "://" in part and part != value)
