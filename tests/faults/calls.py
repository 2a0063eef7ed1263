# Copyright (c) 2026, wabiz.onprem contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-FileCopyrightText: 2026 wabiz.onprem contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""The rows of the fault matrix: each call that each module makes, and how to bring the module to make it."""

from __future__ import annotations

import os
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from ansible_collections.wabiz.onprem.plugins.module_utils._ledger import lease_owner
from ansible_collections.wabiz.onprem.plugins.module_utils._operations import (
    application_settings,
    application_settings_info,
    campaign,
    client_status,
    garbage_collection,
    health_info,
    media_provider,
    media_provider_info,
    rolling_restart,
)

LOGIN = "/v1/users/login"
LOGOUT = "/v1/users/logout"
SETTINGS = "/v1/settings/application"
PROVIDERS = "/v1/settings/application/media/providers"
HEALTH = "/v1/health"

# What no one may ever see. Each is unlike everything else, so that a search for it means something.
PASSWORD = "Passw0rd-unseen-1!"
WEBHOOK_SECRET = "hookquery-unseen-2"
WEBHOOK_USER = "hookuser-unseen-3"
BEARER = "bearer-unseen-4"
NETRC_PASSWORD = "netrc-unseen-5"
OLD_SECRET = "oldquery-unseen-6"
SECRETS = (PASSWORD, WEBHOOK_SECRET, WEBHOOK_USER, BEARER, NETRC_PASSWORD, OLD_SECRET)

BEFORE = {
    "callback_persist": True,
    "webhooks": {"url": f"https://hook.example/?key={OLD_SECRET}", "max_concurrent_requests": 6},
}
WEBHOOK = f"https://{WEBHOOK_USER}@hook.example/in?key={WEBHOOK_SECRET}"


def filled(operation: Any, given: Mapping[str, Any]) -> dict[str, Any]:
    """The options of an operation with their defaults, and over them those that are given and that it has."""
    known = {name: option.get("default") for name, option in operation.OPTIONS.items()}
    return {**known, **given}


@dataclass(frozen=True)
class Scenario:
    """One way to use a module: its calls in their order are rows."""

    name: str
    operation: Any
    params: Mapping[str, Any]
    calls: tuple[str, ...]  # "METHOD path", in their order
    check_mode: bool = False
    ledger: bool = False
    provider_before: bool = False
    reports: bool = False  # what goes wrong is what it returns; it does not fail
    before: tuple[tuple[Any, Mapping[str, Any]], ...] = ()  # what is run before it, with its options
    tried_once: bool = False  # its calls are one check of a client that may be down: none is made a second time
    made_up_for: tuple[int, ...] = ()  # places of calls of such a check, after which a loop checks again
    polled: tuple[int, ...] = ()  # places of calls that a loop repeats, with its own time limit
    allowance: float = 0.0  # seconds that it may take beside its deadline
    changes: bool = True  # whether it reports a change
    repeatable: bool = True  # whether it may be run twice

    def all_params(self, **given: Any) -> dict[str, Any]:
        """As an entry point fills them in: each option is there."""
        return filled(self.operation, {**self.params, **given})


@dataclass(frozen=True)
class Call:
    """One row."""

    scenario: Scenario
    place: int  # which of its calls
    method: str = field(init=False)
    path: str = field(init=False)

    def __post_init__(self) -> None:
        method, _dummy, path = self.scenario.calls[self.place].partition(" ")
        object.__setattr__(self, "method", method)
        object.__setattr__(self, "path", path)

    @property
    def name(self) -> str:
        again = f" ({self.before + 1})" if self.before else ""
        return f"{self.scenario.name}: {self.method} {self.path}{again}"

    @property
    def before(self) -> int:
        """How many calls of the same method and path the scenario makes before this one."""
        return list(self.scenario.calls[: self.place]).count(self.scenario.calls[self.place])

    @property
    def is_login(self) -> bool:
        return self.path == LOGIN

    @property
    def is_logout(self) -> bool:
        return self.path == LOGOUT

    @property
    def is_made_up_for(self) -> bool:
        return self.place in self.scenario.made_up_for

    @property
    def is_polled(self) -> bool:
        return self.place in self.scenario.polled

    @property
    def is_write(self) -> bool:
        return self.method != "GET" and not self.is_login and not self.is_logout

    @property
    def is_started_service(self) -> bool:
        """Never repeated once it may have been executed."""
        return self.method == "PUT"

    @property
    def is_settled_by_a_read(self) -> bool:
        """Where its outcome is unknown, a GET decides whether it is sent again."""
        return self.is_write and self.path.startswith(PROVIDERS)

    @property
    def is_kept(self) -> bool:
        """Whether GET shows afterwards if the client kept what it accepted."""
        return self.is_write and not self.is_started_service


def _session(*calls: str) -> tuple[str, ...]:
    return (f"POST {LOGIN}", *calls, f"POST {LOGOUT}")


_WANTED = {"callback_persist": False, "webhooks": {"url": WEBHOOK, "max_concurrent_requests": 12}}
_PROVIDER = {"name": "shop", "bearer": BEARER}
_CAMPAIGN = {"name": "spring"}
# A restart of one node, by this process.
_OWNER = {"owner": dict(vars(lease_owner.owner_of(os.getpid(), "wa")))}
NODE = {"name": "wacore", "started": "1", "running": True, "state": "running"}
BEGIN = {"step": "begin", **_OWNER}
PLAN = {"step": "plan", "found": {"nodes": [NODE]}, "wait_timeout": 2, "report_timeout": 2, "interval": 1, **_OWNER}
NEXT = {
    "step": "next",
    "node": "wacore",
    "result": {"started": "2", "health": "healthy"},
    "wait_timeout": 2,
    "interval": 1,
    **_OWNER,
}
_MAKE_PENDING = (application_settings, {"callback_persist": False})
_BEGUN = (_MAKE_PENDING, (rolling_restart, BEGIN))
_ALLOWANCE = 4.0

SCENARIOS: tuple[Scenario, ...] = (
    Scenario(
        "application_settings",
        application_settings,
        _WANTED,
        _session(f"GET {SETTINGS}", f"PATCH {SETTINGS}", f"GET {SETTINGS}"),
        ledger=True,
    ),
    Scenario(
        "application_settings in check mode",
        application_settings,
        _WANTED,
        _session(f"GET {SETTINGS}"),
        check_mode=True,
        ledger=True,
    ),
    Scenario(
        "application_settings, state default",
        application_settings,
        {"state": "default", "allow_webhook_loss": True},
        _session(f"GET {SETTINGS}", f"DELETE {SETTINGS}", f"GET {SETTINGS}"),
        ledger=True,
    ),
    Scenario(
        "campaign",
        campaign,
        _CAMPAIGN,
        _session(f"GET {SETTINGS}", f"PATCH {SETTINGS}", f"GET {SETTINGS}"),
        ledger=True,
    ),
    Scenario("campaign in check mode", campaign, _CAMPAIGN, _session(f"GET {SETTINGS}"), check_mode=True, ledger=True),
    Scenario(
        "campaign, state absent",
        campaign,
        {**_CAMPAIGN, "state": "absent"},
        _session(f"GET {SETTINGS}", f"PATCH {SETTINGS}", f"GET {SETTINGS}"),
        ledger=True,
        before=((campaign, _CAMPAIGN),),
    ),
    Scenario(
        "rolling_restart, step begin",
        rolling_restart,
        BEGIN,
        _session(f"GET {HEALTH}"),
        ledger=True,
        before=(_MAKE_PENDING,),
        tried_once=True,
        changes=False,
    ),
    Scenario(
        "rolling_restart, step plan",
        rolling_restart,
        PLAN,
        _session(f"GET {HEALTH}", f"GET {HEALTH}", f"GET {SETTINGS}"),
        ledger=True,
        before=_BEGUN,
        made_up_for=(0, 1),
        polled=(2,),
        allowance=_ALLOWANCE,
        changes=False,
    ),
    Scenario(
        "rolling_restart, step next",
        rolling_restart,
        NEXT,
        _session(f"GET {HEALTH}", f"GET {SETTINGS}"),
        ledger=True,
        before=(*_BEGUN, (rolling_restart, PLAN)),
        polled=(0, 1),
        allowance=_ALLOWANCE,
        repeatable=False,
    ),
    Scenario("application_settings_info", application_settings_info, {}, _session(f"GET {SETTINGS}"), ledger=True),
    Scenario(
        "media_provider",
        media_provider,
        _PROVIDER,
        _session(f"GET {PROVIDERS}", f"POST {PROVIDERS}", f"GET {PROVIDERS}"),
    ),
    Scenario("media_provider in check mode", media_provider, _PROVIDER, _session(f"GET {PROVIDERS}"), check_mode=True),
    Scenario(
        "media_provider, state absent",
        media_provider,
        {"name": "shop", "state": "absent"},
        _session(f"GET {PROVIDERS}", f"DELETE {PROVIDERS}/shop", f"GET {PROVIDERS}"),
        provider_before=True,
    ),
    Scenario("media_provider_info", media_provider_info, {}, _session(f"GET {PROVIDERS}"), provider_before=True),
    Scenario(
        "garbage_collection",
        garbage_collection,
        {"kinds": ["messages", "media"]},
        _session("PUT /v1/services/message/gc", "PUT /v1/services/media/gc"),
    ),
    Scenario(
        "garbage_collection in check mode",
        garbage_collection,
        {"kinds": ["messages"]},
        _session(f"GET {HEALTH}"),
        check_mode=True,
    ),
    Scenario("health_info", health_info, {}, _session(f"GET {HEALTH}")),
    Scenario(
        "client_status", client_status, {}, _session(f"GET {SETTINGS}", f"GET {HEALTH}"), ledger=True, reports=True
    ),
)

CALLS: tuple[Call, ...] = tuple(Call(scenario, place) for scenario in SCENARIOS for place in range(len(scenario.calls)))
