# Copyright (c) 2026, wabiz.onprem contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-FileCopyrightText: 2026 wabiz.onprem contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""The columns of the fault matrix: what can go wrong with one call, and what a careful caller does about it."""

from __future__ import annotations

import email.utils
import time
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

RETRY_TIMEOUT = {"once": 3, "forever": 1}  # seconds, as options of the task
TIMEOUT = 5  # seconds; a busy machine is no fault


@dataclass(frozen=True)
class Fault:
    """One column.

    ``order`` goes to the emulator; ``gate`` names what is in the emulator's place instead (see ``gate.py``).
    """

    name: str
    family: str
    order: Mapping[str, Any] = field(default_factory=dict)
    gate: str = ""
    transient: bool = False  # the same call may succeed a little later
    not_executed: bool = False  # the caller can know that the call was not executed
    harmless: bool = False  # there is nothing wrong with the answer as far as the API is concerned
    session_over: bool = False  # a new login helps
    status: int | None = None
    code: int | None = None
    says: str = ""  # what the message holds
    slow: bool = False  # a cell takes seconds
    large: bool = False  # of which the memory is measured

    @property
    def timeout(self) -> int:
        """The option of the task: as short as can be where the cell waits for it."""
        if self.large:
            return 10  # measuring memory takes its time
        return 1 if self.slow and self.transient and self.status is None else TIMEOUT


def _status(name: str, status: int, code: int | None = None, **more: Any) -> Fault:
    headers = more.pop("headers", {})
    body = more.pop("body", None)
    family = more.pop("family", "Statuses")
    order = {"kind": "status", "status": status, "code": code, "headers": headers, "body": body}
    return Fault(name, family, order=order, status=status, code=code, **more)


def _later() -> str:
    """An HTTP date so near that the deadline still allows for another try."""
    return email.utils.formatdate(time.time() + 1, usegmt=True)


BUSY: dict[str, Any] = {"transient": True, "not_executed": True, "family": "Busy"}
CODES: dict[str, Any] = {"family": "API codes", "transient": True}
TLS: dict[str, Any] = {"family": "TLS", "not_executed": True}
ANSWERS: dict[str, Any] = {"family": "Answers that are none"}

FAULTS: tuple[Fault, ...] = (
    # -- the network
    Fault("refused", "Network", gate="refused", transient=True, not_executed=True, says="refused"),
    Fault("cut before", "Network", {"kind": "cut"}, transient=True, says="cut"),
    Fault("cut after", "Network", {"kind": "cut", "execute": True}, transient=True, says="cut"),
    Fault("reset in mid-body", "Network", {"kind": "reset"}, transient=True, says="cut"),
    Fault("stalled", "Network", {"kind": "stall"}, transient=True, says="within", slow=True),
    Fault("slow drip", "Network", {"kind": "drip", "interval": 0.4}, transient=True, says="within", slow=True),
    Fault(
        "slow headers",
        "Network",
        {"kind": "drip", "interval": 0.4, "part": "headers"},
        transient=True,
        says="within",
        slow=True,
    ),
    # -- TLS
    Fault("silent port", gate="silent", transient=True, says="within", slow=True, **TLS),
    Fault("not TLS", gate="plain", says="TLS", **TLS),
    Fault("wrong CA", gate="wrong_ca", says="certificate", **TLS),
    Fault("expired", gate="expired", says="certificate", **TLS),
    Fault("wrong host", gate="wrong_host", says="certificate", **TLS),
    Fault("TLS 1.1, alert", gate="alert", says="TLS", **TLS),
    # A listener that ends the connection silently resembles a Webapp that is just starting.
    Fault("TLS 1.1, cut", gate="tls11", transient=True, says="TLS", **TLS),
    # -- statuses
    _status("401 empty", 401, session_over=True, not_executed=True),
    _status("401 JSON", 401, 1005, session_over=True, not_executed=True),
    Fault("session over", "Statuses", {"kind": "token_expires"}, session_over=True, not_executed=True, status=401),
    _status("403", 403, 1005, not_executed=True),
    _status("404", 404, 1006, not_executed=True),
    _status("500", 500, transient=True),
    _status("502", 502, transient=True, body="<html>bad gateway</html>"),
    _status("503", 503, transient=True),
    # -- too many requests
    _status("429", 429, **BUSY),
    _status("429, after 1 s", 429, headers={"Retry-After": "1"}, slow=True, **BUSY),
    _status("429, after 0 s", 429, headers={"Retry-After": "0"}, **BUSY),
    _status("429, by date", 429, headers={"Retry-After": "(a second from now)"}, slow=True, **BUSY),
    _status("429, after 10 years", 429, headers={"Retry-After": "315360000"}, **{**BUSY, "transient": False}),
    _status("429, garbage", 429, headers={"Retry-After": "soon-ish; \u00b2"}, **BUSY),
    # -- codes of the API
    _status("1011", 503, 1011, not_executed=True, **CODES),
    _status("1014", 500, 1014, **CODES),
    _status("1015", 429, 1015, not_executed=True, **CODES),
    _status("1016", 503, 1016, not_executed=True, **CODES),
    _status("1017", 500, 1017, not_executed=True, **CODES),
    _status("1018", 500, 1018, not_executed=True, **CODES),
    # -- answers that are none
    Fault("HTML", order={"kind": "html"}, says="HTML", **ANSWERS),
    Fault("truncated", order={"kind": "truncated"}, says="instead of JSON", **ANSWERS),
    Fault("garbage", order={"kind": "garbage"}, says="instead of JSON", **ANSWERS),
    Fault("wrong shape", order={"kind": "wrong_shape"}, says="instead of an object", **ANSWERS),
    Fault("error in 200", order={"kind": "wrong_shape", "body": {"errors": [{"code": 1000}]}}, says="error", **ANSWERS),
    Fault("50 MB", "Answers that are none", {"kind": "big"}, says="larger", large=True),
    Fault("50 MB unannounced", "Answers that are none", {"kind": "big", "announced": False}, says="larger", large=True),
    Fault("wrong type", "Answers that are none", {"kind": "wrong_type"}, harmless=True),
    # -- other_server
    Fault("redirect", "Other effects", {"kind": "redirect"}, not_executed=True, status=302),
    Fault("redirect 307", "Other effects", {"kind": "redirect", "status": 307}, not_executed=True, status=307),
    Fault("not kept", "Other effects", {"kind": "not_kept"}, says="but GET shows"),
)


def order_of(fault: Fault, other_server: str) -> dict[str, Any]:
    """The emulator's order, with what is known at run time alone."""
    order = dict(fault.order)
    if order.get("kind") == "redirect":
        order["location"] = f"{other_server}/v1/other"
    if "by date" in fault.name:
        order["headers"] = {"Retry-After": _later()}
    return order
