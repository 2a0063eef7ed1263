# Copyright (c) 2026, wabiz.onprem contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-FileCopyrightText: 2026 wabiz.onprem contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Errors as the API words them."""

from __future__ import annotations

from typing import Any

TITLES = {
    1000: "Generic error",
    1004: "Resource already exists",
    1005: "Access denied",
    1006: "Resource not found",
    1008: "Required parameter is missing",
    1009: "Parameter value is not valid",
    1010: "Parameter is not required",
    1011: "Service not ready",
    1014: "Internal error",
    1015: "Too many requests",
    1016: "System overloaded",
    1017: "Not Primary Master",
    1018: "Not Primary Coreapp",
    1021: "Bad User",
    1022: "Webhooks URL is not configured",
    1023: "Database error occurred",
    1024: "Password change required",
    1025: "Request is not valid",
    1026: "Receiver incapable",
    1031: "Account locked",
}

# Which HTTP status goes with these codes is documented nowhere; these are the emulator's choice.
STATUSES = {1011: 503, 1014: 500, 1015: 429, 1016: 503, 1017: 500, 1018: 500}

COREAPP_UNREACHABLE = "Connection timed out. Please check if wacore is running: wacore:6252"
CORE_NOT_INSTANTIATED = "The core is not instantiated."
CONTROL_PORT = 6252


def connection_refused(key: str) -> str:
    """The details of code 1014 for a node whose control port is closed; `key` as in the health report."""
    return f"Connection refused: {key.partition(':')[0]}:{CONTROL_PORT}"


class ApiError(Exception):
    """An answer other than success. Without a code the body is empty."""

    def __init__(
        self, status: int, code: int | None = None, details: str | None = None, headers: dict[str, str] | None = None
    ) -> None:
        super().__init__(f"{status} {code}")
        self.status = status
        self.code = code
        self.details = details
        self.headers = headers or {}

    def body(self) -> dict[str, Any] | None:
        return error_body(self.code, self.details)


def error_body(code: int | None, details: str | None = None, title: str | None = None) -> dict[str, Any] | None:
    """The `errors` part of an answer; `details` is left out where there is none."""
    if code is None:
        return None
    error: dict[str, Any] = {"code": code, "title": title or TITLES.get(code, "Generic error")}
    if details is not None:
        error["details"] = details
    return {"errors": [error]}


def not_available(code: int, details: str | None = None) -> ApiError:
    """An error of the client itself rather than of the request."""
    return ApiError(STATUSES[code], code, details)


class EmulatorError(Exception):
    """An error of the command or its options; shown without a traceback."""
