# Copyright (c) 2026, wabiz.onprem contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-FileCopyrightText: 2026 wabiz.onprem contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""The Webapp: finds the route of a call, checks who calls, answers."""

from __future__ import annotations

import secrets
import time
from collections.abc import Callable
from dataclasses import dataclass

from . import routes_messages, routes_settings, routes_status, routes_users
from .accounts import Accounts, User
from .answers import Answer, Call, failure
from .cluster import Cluster
from .errors import ApiError
from .messages import Messages
from .store import Store


@dataclass
class Services:
    """What routes work with."""

    store: Store
    cluster: Cluster
    accounts: Accounts
    messages: Messages
    started: float

    @classmethod
    def over(cls, store: Store, in_process: bool) -> Services:
        cluster = Cluster(store, in_process)
        return cls(store, cluster, Accounts(store), Messages(store, cluster), time.time())


@dataclass(frozen=True)
class Route:
    handler: Callable[[Services, Call, User | None, str], Answer]
    access: str = "user"  # "none": the handler checks itself; "user"; "admin"; "key": an API key will do as well
    webapp: bool = False  # answered by the Webapp itself: its version has a `v`


# The last argument of a handler is what stood for `*` in the path.
ROUTES: dict[tuple[str, str], Route] = {
    ("POST", "/v1/users/login"): Route(routes_users.login, "none", webapp=True),
    ("POST", "/v1/users/logout"): Route(routes_users.logout, webapp=True),
    ("POST", "/v1/users"): Route(routes_users.create, "admin", webapp=True),
    ("GET", "/v1/users/*"): Route(routes_users.read, webapp=True),
    ("PUT", "/v1/users/*"): Route(routes_users.change_password, webapp=True),
    ("DELETE", "/v1/users/*"): Route(routes_users.remove, "admin", webapp=True),
    ("GET", "/v1/settings/application"): Route(routes_settings.read, "admin"),
    ("PATCH", "/v1/settings/application"): Route(routes_settings.change, "admin"),
    ("DELETE", "/v1/settings/application"): Route(routes_settings.reset, "admin"),
    ("GET", "/v1/settings/application/media/providers"): Route(routes_settings.read_providers, "admin"),
    ("POST", "/v1/settings/application/media/providers"): Route(routes_settings.add_provider, "admin"),
    ("DELETE", "/v1/settings/application/media/providers/*"): Route(routes_settings.remove_provider, "admin"),
    ("PUT", "/v1/services/message/gc"): Route(routes_messages.collect_messages),
    ("PUT", "/v1/services/media/gc"): Route(routes_messages.collect_media),
    ("POST", "/v1/messages"): Route(routes_messages.send),
    ("GET", "/v1/health"): Route(routes_status.health, "key"),
    ("GET", "/v1/stats/app"): Route(routes_status.stats, "key"),
    ("GET", "/v1/stats/db"): Route(routes_status.database_stats, "key"),
    ("GET", "/metrics"): Route(routes_status.metrics, "key", webapp=True),
    ("GET", "/v1/metrics"): Route(routes_status.metrics, "key", webapp=True),
    ("GET", "/v1/support"): Route(routes_status.support),
}


NOT_UNICODE = ApiError(400, 1009, "The request holds text that is not valid Unicode")


class Webapp:
    def __init__(self, services: Services) -> None:
        self.services = services

    def answer(self, call: Call) -> Answer:
        route, argument = find_route(call.method, call.path)
        if route is None:
            return failure(call.config, ApiError(404, 1006, "Unknown path or method"), webapp=True)
        try:
            user = self._authorize(route, call)
        except ApiError as error:
            return failure(call.config, error, webapp=True)
        try:
            answer = route.handler(self.services, call, user, argument)
        except ApiError as error:
            answer = failure(call.config, error, webapp=route.webapp)
        except UnicodeError:  # JSON can hold halves of surrogate pairs, which no database takes
            answer = failure(call.config, NOT_UNICODE, webapp=route.webapp)
        if not route.webapp:
            answer.headers["X-Internal-Request-IDS"] = secrets.token_hex(16)
        return answer

    def _authorize(self, route: Route, call: Call) -> User | None:
        if route.access == "none":
            return None
        scheme, _dummy, credential = call.authorization.partition(" ")
        key_counts = route.access == "key" and scheme.lower() == "apikey" and call.config.api_key != ""
        if key_counts and credential.strip() == call.config.api_key:
            return None
        user, _dummy = self.services.accounts.check_bearer(call.client, call.authorization, call.config)
        if route.access == "admin" and not user.admin:
            raise ApiError(403, 1005, "This account is not allowed to do this")
        return user


def find_route(method: str, path: str) -> tuple[Route | None, str]:
    route = ROUTES.get((method, path))
    if route is not None:
        return route, ""
    parent, _dummy, last = path.rpartition("/")
    return (ROUTES.get((method, f"{parent}/*")) if last else None), last
