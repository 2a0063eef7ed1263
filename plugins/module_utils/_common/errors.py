# Copyright (c) 2026, wabiz.onprem contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-FileCopyrightText: 2026 wabiz.onprem contributors
# SPDX-License-Identifier: GPL-3.0-or-later

# Note that this module util is **PRIVATE** to the collection. It can have breaking changes at any time.
"""One exception family. It becomes a failure that holds no header, no body, no token and no query string."""

from __future__ import annotations

from typing import Any

# Titles and what to do, by API code. The titles are taken from here and never from an answer: an answer is not ours to
# show, it may repeat what was sent. Source: the published error list of the On-Premises API.
API_ERRORS: dict[int, tuple[str, str]] = {
    1000: ("Generic error", "Look into the log of the Webapp and of the Coreapp."),
    1004: ("Resource already exists", "Look for it with the matching info module."),
    1005: (
        "Access denied",
        "Settings need the admin account, and a client version that has not expired. Check username, password or token.",
    ),
    1006: ("Resource not found", "Check the path prefix of api_url and the version of the client."),
    1008: ("Required parameter is missing", "Report this as a defect of the collection."),
    1009: ("Parameter value is not valid", "Compare the values with the documentation of this client version."),
    1010: ("Parameter is not required", "This client version does not know one of the keys; check extra_settings."),
    1011: ("Service not ready", "The client is starting. Try again when its health is settled."),
    1014: ("Internal error", "Usually no Coreapp answers: see whether it is running, and look into its log."),
    1015: ("Too many requests", "Try again later, or raise retry_timeout."),
    1016: ("System overloaded", "The callback queue may be full: see whether the webhook answers with 200."),
    1017: ("Not Primary Master", "The primary master is changing. Try again when the health is settled."),
    1018: ("Not Primary Coreapp", "A shard is moving to another Coreapp. Try again when the health is settled."),
    1021: ("Bad User", "Check the username."),
    1022: ("Webhooks URL is not configured", "Set webhooks.url first."),
    1023: ("Database error occurred", "Look at the database of the client."),
    1024: (
        "Password change required",
        "The first login is still pending: log in once with the default password and a new_password, then use that.",
    ),
    1025: ("Request is not valid", "Report this as a defect of the collection."),
    1026: ("Receiver incapable", ""),
    1028: ("Identity change needs acknowledgement", ""),
    1031: ("Account locked", "Unlock the account first."),
}


class OnPremError(Exception):
    """What went wrong, in one sentence, and what to do about it.

    :arg problem: what came back or what is wrong, without secrets.
    :arg doing: what was being done, as a verb phrase ("read the application settings").
    :arg client: the client as it may be shown (see ``_redact.client_name``).
    :arg outcome_unknown: a write may or may not have been executed.

    ``retryable``: the same call may succeed a little later, as when the client is starting.
    """

    def __init__(
        self,
        problem: str,
        advice: str = "",
        doing: str = "",
        client: str = "",
        method: str = "",
        path: str = "",
        status: int | None = None,
        code: int | None = None,
        outcome_unknown: bool = False,
    ) -> None:
        self.problem = problem
        self.advice = advice
        self.doing = doing
        self.client = client
        self.method = method
        self.path = path
        self.status = status
        self.code = code
        self.outcome_unknown = outcome_unknown
        self.retryable = False
        super().__init__(str(self))

    def __str__(self) -> str:
        what = f"Could not {self.doing}" if self.doing else ""
        where = (" of %s" if self.doing else "Client %s") % self.client if self.client else ""
        head = what + where
        sentence = f"{head}: {self.problem}" if head else self.problem
        sentence = sentence.rstrip(".") + "."
        return f"{sentence} {self.advice}" if self.advice else sentence

    def as_result(self) -> dict[str, Any]:
        """The failure as a module returns it: ``msg``, and ``error`` for a playbook that wants to decide by it."""
        error = {
            "doing": self.doing,
            "client": self.client,
            "method": self.method,
            "path": self.path,
            "status": self.status,
            "code": self.code,
            "title": api_title(self.code),
            # only a call has an outcome
            "outcome_unknown": self.outcome_unknown if self.method or self.outcome_unknown else None,
        }
        return {"msg": str(self), "error": {key: value for key, value in error.items() if value not in (None, "")}}


class InputError(OnPremError):
    """The task asks for something that cannot be; nothing was written."""


class CallError(OnPremError):
    """A call was made, or tried, and did not bring what it should."""


class LedgerError(OnPremError):
    """The ledger cannot be read, trusted or written."""


class ReadOnlyError(OnPremError):
    """A write was attempted where none may happen (check mode, info modules): a defect of ours, stopped in time."""


def api_title(code: int | None) -> str:
    """The published title of an API code; empty for none and for codes no one published."""
    return API_ERRORS[code][0] if code in API_ERRORS else ""


def api_advice(code: int | None) -> str:
    return API_ERRORS[code][1] if code in API_ERRORS else ""
