# Copyright (c) 2026, wabiz.onprem contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-FileCopyrightText: 2026 wabiz.onprem contributors
# SPDX-License-Identifier: GPL-3.0-or-later

# Note that this module util is **PRIVATE** to the collection. It can have breaking changes at any time.
"""What an operation is given beside its options, what it returns, and how that becomes a result."""

from __future__ import annotations

import traceback
from dataclasses import dataclass, field, replace
from typing import Any, Callable, List, Mapping

from .errors import OnPremError
from .masking import Mask
from .option_specs import check_params, secret_values, urls
from .progress import silent
from .text import LONGEST_LINE, LONGEST_MESSAGE


@dataclass(frozen=True)
class Task:
    """The circumstances of one run of an operation.

    :arg check_mode: predict, write nothing anywhere.
    :arg warn: shows a warning to the user.
    :arg progress: shows what is being waited for; silent where the entry point has no way to show it.
    :arg secrets: the credentials of this run. Whoever learns of one (a login's token) appends it, so that it is masked in
        everything that the task returns or prints.
    """

    check_mode: bool = False
    warn: Callable[[str], None] = silent
    progress: Callable[[str], None] = silent
    secrets: List[str] = field(default_factory=list, repr=False)


@dataclass(frozen=True)
class Outcome:
    """What an operation did, or in check mode would do.

    :arg values: the return values of the module.
    :arg before: what is managed, as it was; None for operations that have no diff.
    :arg after: the same as it is now.
    """

    changed: bool = False
    values: Mapping[str, Any] = field(default_factory=dict)
    before: Mapping[str, Any] | None = None
    after: Mapping[str, Any] | None = None


def perform(operation: Any, params: Mapping[str, Any], task: Task, diff: bool) -> dict[str, Any]:
    """Run an operation and return a module's result; a failure has ``failed: true``.

    Whatever leaves here, as a result, a warning or progress, has passed the mask of credentials and is harmless to a
    terminal.
    """
    options = getattr(operation, "OPTIONS", {})
    task.secrets.extend(secret_values(options, params))
    mask = Mask(task.secrets, getattr(operation, "OWN_WORDS", ()))
    shielded = replace(task, warn=_shielded(task.warn, mask, LONGEST_MESSAGE))
    if task.progress is not silent:
        shielded = replace(shielded, progress=_shielded(task.progress, mask, LONGEST_LINE))
    result = _result(operation, params, shielded, diff)
    if not result.get("failed"):
        masked: dict[str, Any] = mask.data(result)
        return masked
    message = mask.sentence(result["msg"], LONGEST_MESSAGE)
    return dict(result, msg=message, **({"error": mask.error(result["error"])} if "error" in result else {}))


def _shielded(show: Callable[[str], None], mask: Mask, limit: int) -> Callable[[str], None]:
    return lambda text: show(mask.sentence(text, limit))


def _result(operation: Any, params: Mapping[str, Any], task: Task, diff: bool) -> dict[str, Any]:
    """The result as the operation gives it.

    An exception that is not an OnPremError is a defect. Its text may hold anything, so only its kind and place are shown.
    """
    try:
        check_params(getattr(operation, "OPTIONS", {}), params)
        outcome = operation.run(params, task)
    except OnPremError as error:
        hidden = Mask(list(urls(getattr(operation, "OPTIONS", {}), params)))
        result = error.as_result()
        return {"failed": True, "msg": hidden.text(result["msg"]), "error": hidden.error(result["error"])}
    except Exception as error:
        frame = traceback.extract_tb(error.__traceback__)[-1]
        place = "{}:{}".format(frame.filename.rpartition("/")[2], frame.lineno)
        message = "Unexpected %s at %s. This is a defect of the collection: please report it with this line."
        return {"failed": True, "msg": message % (type(error).__name__, place)}
    result = dict(outcome.values, changed=outcome.changed)
    if diff and outcome.before is not None and outcome.after is not None:
        result["diff"] = {"before": dict(outcome.before), "after": dict(outcome.after)}
    return result
