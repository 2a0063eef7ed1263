# SPDX-FileCopyrightText: 2026 wabiz.onprem contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""One planted defect for each promise of the collection, and the tests that have to notice it.

A defect replaces one function while the tests run (see `plant`), so it does not depend on how that function is written.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

Replacement = Callable[[Callable[..., Any]], Callable[..., Any]]

UNIT = "tests/unit/plugins/module_utils"
ACTIONS = "tests/unit/plugins/action/test_coreapp_actions.py"
FLEET = "tests/unit/plugins/plugin_utils/test_fleet_status.py"
MATRIX = "tests/faults/test_matrix.py"
TOGETHER = "tests/faults/test_together.py"
LEDGER = "tests/hostile/test_ledger.py"
OPERATIONS = (f"{UNIT}/operations", f"{UNIT}/test_rolling.py", f"{UNIT}/test_lease.py", f"{UNIT}/test_restart.py")


@dataclass(frozen=True)
class Defect:
    """What no longer holds, the function that is replaced, by what, and the arguments of pytest.

    :arg place: module below ``plugins`` and name, as ``module_utils._ledger.lease:release``; a method as ``Class.method``.
    :arg instead: gets the function that it replaces.
    """

    name: str
    place: str
    instead: Replacement
    tests: tuple[str, ...]


def returns(value: Any) -> Replacement:
    return lambda _original: lambda *_args, **_options: value


def returns_argument(number: int) -> Replacement:
    return lambda _original: lambda *args, **_options: args[number]


def with_option(**options: Any) -> Replacement:
    """The same function with other options."""
    return lambda original: lambda *args, **given: original(*args, **{**given, **options})


def _repeated(original: Callable[..., Any]) -> Callable[..., Any]:
    """Client.put and Client.post as calls that may be repeated."""
    del original
    return lambda self, path, *rest: self._call(
        "POST" if len(rest) > 1 else "PUT", path, rest[0] if len(rest) > 1 else None, rest[-1], repeatable=True
    )


DEFECTS: tuple[Defect, ...] = (
    Defect(
        "no restart is lost: the intention is not recorded before the write",
        "module_utils._ledger.restart:intend",
        returns_argument(0),
        OPERATIONS,
    ),
    Defect(
        "no restart is lost: what a crash has hidden is not pending",
        "module_utils._ledger.restart:resolve",
        lambda _original: lambda state, *_args: state,
        OPERATIONS,
    ),
    Defect(
        "no restart is lost: the lease is kept after a failure",
        "module_utils._ledger.lease:release",
        returns_argument(0),
        OPERATIONS,
    ),
    Defect(
        "one node at a time: a node counts as restarted before its start has moved",
        "module_utils._ledger.rolling:has_moved",
        lambda _original: lambda _known, started: bool(started),
        OPERATIONS,
    ),
    Defect(
        "one run at a time: a living owner loses its lease",
        "module_utils._ledger.lease:other_holder",
        returns(None),
        OPERATIONS,
    ),
    Defect(
        "one run at a time: the ledger is not locked",
        "module_utils._ledger.file:Ledger._try_lock",
        returns(True),
        (LEDGER, "-k", "fifty"),
    ),
    Defect(
        "nothing is called in effect that is not: a stored value is taken for one",
        "module_utils._ledger.in_effect:is_confirmed",
        returns(True),
        OPERATIONS,
    ),
    Defect(
        "nothing is called in effect that is not: a write that was not kept counts as done",
        "module_utils._settings.planning:not_kept",
        lambda _original: lambda *_args: [],
        (MATRIX, "-k", "application_settings and PATCH and kept-once"),
    ),
    Defect(
        "nothing of another client is touched: an unproven container is taken for a node",
        "module_utils._engines.claims:_proof",
        returns(("report", "")),
        (f"{UNIT}/engines/test_claims.py", "-k", "does_not_name_is_not"),
    ),
    Defect(
        "check mode writes nothing: the ledger is written",
        "module_utils._ledger.file:Ledger.__init__",
        lambda original: lambda self, path, _read_only, *args, **options: original(self, path, False, *args, **options),
        ("tests/faults/test_plain.py", "-k", "campaign and check"),
    ),
    Defect(
        "what is not safe to repeat is not repeated",
        "module_utils._api.client:Client.put",
        _repeated,
        (MATRIX, "-k", "PUT and message and 503-once"),
    ),
    Defect(
        "no secret is shown: a webhook's URL is not redacted",
        "module_utils._common.redaction:redact_url",
        returns_argument(0),
        ("tests/faults/test_plain.py",),
    ),
    Defect(
        "no secret is shown: credentials that come back are not masked",
        "module_utils._common.masking:Mask.text",
        returns_argument(1),
        (f"{UNIT}/test_masking.py",),
    ),
    Defect(
        "credentials go to the client alone: certificates are not verified",
        "module_utils._api.http:Transport.__init__",
        lambda original: lambda self, url, _validate=True, ca=None: original(self, url, False, ca),
        (MATRIX, "-k", "application_settings_info and GET and (wrong or expired)"),
    ),
    Defect(
        "a client's text steers no terminal",
        "module_utils._common.text:harmless",
        returns_argument(0),
        (f"{UNIT}/test_text.py", f"{UNIT}/test_masking.py"),
    ),
    Defect(
        "a client that cannot be reached is not left out of the status",
        "plugin_utils.status_document:make",
        lambda original: (
            lambda results, *args, **options: original(
                {name: one for name, one in results.items() if not one.get("unreachable")}, *args, **options
            )
        ),
        (FLEET, "-k", "unreachable or worst_first"),
    ),
)
