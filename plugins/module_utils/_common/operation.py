# Copyright (c) 2026, wabiz.onprem contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-FileCopyrightText: 2026 wabiz.onprem contributors
# SPDX-License-Identifier: GPL-3.0-or-later

# Note that this module util is **PRIVATE** to the collection. It can have breaking changes at any time.
"""What an operation is given beside its options, what it returns, and how that becomes a result."""

from __future__ import annotations

import traceback
from dataclasses import dataclass, field
from typing import Any, Callable, Mapping

from .errors import OnPremError
from .progress import silent


@dataclass(frozen=True)
class Task:
    """The circumstances of one run of an operation.

    :arg check_mode: predict, write nothing anywhere.
    :arg warn: shows a warning to the user.
    :arg progress: shows what is being waited for; silent where the front has no way to show it.
    """

    check_mode: bool = False
    warn: Callable[[str], None] = silent
    progress: Callable[[str], None] = silent


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
    """Runs an operation and returns a module's result; a failure has ``failed: true``.

    An exception that is no OnPremError is a defect. Its text may hold anything, so that only its kind and place are told.
    """
    try:
        outcome = operation.run(params, task)
    except OnPremError as error:
        return dict(error.as_result(), failed=True)
    except Exception as error:
        frame = traceback.extract_tb(error.__traceback__)[-1]
        place = "{}:{}".format(frame.filename.rpartition("/")[2], frame.lineno)
        message = "Unexpected %s at %s. This is a defect of the collection: please report it with this line."
        return {"failed": True, "msg": message % (type(error).__name__, place)}
    result = dict(outcome.values, changed=outcome.changed)
    if diff and outcome.before is not None and outcome.after is not None:
        result["diff"] = {"before": dict(outcome.before), "after": dict(outcome.after)}
    return result
