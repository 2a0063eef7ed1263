# Copyright (c) 2026, wabiz.onprem contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-FileCopyrightText: 2026 wabiz.onprem contributors
# SPDX-License-Identifier: GPL-3.0-or-later

# Note that this module util is **PRIVATE** to the collection. It can have breaking changes at any time.
"""One client's API: login and logout, verbs, retries, one deadline; refuses every write when read-only.

It knows no setting. Facts: bearer tokens live seven days, a logout ends just the token it is sent with, a 401 says
nothing in its body that could be relied on.
"""

from __future__ import annotations

import base64
import json
import random
import time
from typing import Any, Callable, Mapping

from .._common.errors import CallError, OnPremError, ReadOnlyError, api_advice, api_title
from .._common.progress import ProgressReporter, silent, span
from . import responses
from .http import RawAnswer, TransportError
from .responses import Answer, MalformedAnswer, Rejection

LOGIN = "/v1/users/login"
LOGOUT = "/v1/users/logout"
LOGOUT_RESERVE = 2.0  # seconds kept back at the end, so that a login of our own is logged out in time
LOGOUT_TIMEOUT = 5.0  # seconds in which a logout is tried again: the result of the task is there already
FIRST_WAIT, LONGEST_WAIT = 0.5, 8.0  # seconds between two tries


class Client:
    """Calls of one task to one client. A context manager: on leaving, a login of its own is logged out.

    :arg transport: what sends (see ``_http.Transport``).
    :arg name: the client as messages name it.
    :arg timeout: seconds for one request.
    :arg retry_timeout: seconds in which tries may begin, all calls of the task together; everything is over after
        ``retry_timeout + timeout``.
    :arg read_only: refuse every write but login and logout.
    :arg conceal: is given each credential that is sent or received, so that it can be masked.
    :arg first_contact_timeout: seconds in which a refused connection is tried again before the client has responded once; None:
        as ``retry_timeout``.
    :arg warn: receives what does not fail the task, and has to be known all the same.
    """

    def __init__(
        self,
        transport: Any,
        name: str,
        username: str | None = None,
        password: str | None = None,
        token: str | None = None,
        api_key: str | None = None,
        timeout: float = 30,
        retry_timeout: float = 60,
        read_only: bool = True,
        progress: Callable[[str], None] = silent,
        clock: Callable[[], float] = time.monotonic,
        sleep: Callable[[float], None] = time.sleep,
        warn: Callable[[str], None] = silent,
        conceal: Callable[[str], None] = silent,
        first_contact_timeout: float | None = None,
    ) -> None:
        self.name = name
        self.read_only = read_only
        self._transport = transport
        self._username, self._password = username, password
        self._given_token, self._api_key = token, api_key
        self._own_token: str | None = None
        self._former_tokens: list[str] = []  # logins that were answered with 401 later; a proxy may have said so
        self._closing: float | None = None  # since when
        self._timeout, self._retry_timeout = timeout, retry_timeout
        self._progress, self._warn, self._clock, self._sleep = progress, warn, clock, sleep
        self._conceal = conceal
        for credential in (token, api_key, password):
            if credential:
                conceal(credential)
        self._reporter = ProgressReporter(progress)
        self._first_contact_timeout, self._responded = first_contact_timeout, False
        self._started: float | None = None

    def __enter__(self) -> Client:
        return self

    def __exit__(self, kind: Any, error: Any, trace: Any) -> None:
        if isinstance(error, OnPremError) and not error.client:
            error.client = self.name
        self.close()

    def close(self) -> None:
        """Logs out what was logged in here, and closes the connection. Never raises."""
        tokens = self._former_tokens + ([self._own_token] if self._own_token else [])
        self._former_tokens, self._own_token = [], None
        self._closing = self._clock()
        try:
            for token in tokens:
                self._logout(token)
        finally:
            self._reporter.close()
            self._transport.close()

    def _logout(self, token: str) -> None:
        try:
            self._tried("POST", LOGOUT, self._bearer(token), None, "log out", repeatable=True)
        except CallError as error:
            if error.status != 401:  # which says that the session is over already
                self._warn(f"{error} The token of this login may live on, for at most seven days.")

    def renew_deadline(self, retry_timeout: float, timeout: float) -> None:
        """Begins a new deadline, for the next round of a task that waits. The login is kept.

        Login and logout of the round count like its other calls.
        """
        self._started, self._retry_timeout, self._timeout = None, retry_timeout, timeout

    def get(self, path: str, doing: str) -> Answer:
        return self._call("GET", path, None, doing, repeatable=True)

    def patch(self, path: str, body: Mapping[str, Any], doing: str) -> Answer:
        """The API's PATCH sets absolute values, so that repeating it is safe."""
        return self._call("PATCH", path, body, doing, repeatable=True)

    def delete(self, path: str, doing: str) -> Answer:
        return self._call("DELETE", path, None, doing, repeatable=True)

    def put(self, path: str, doing: str) -> Answer:
        """Services are started with PUT: repeated only where it certainly was not executed."""
        return self._call("PUT", path, None, doing, repeatable=False)

    def post(self, path: str, body: Any, doing: str) -> Answer:
        return self._call("POST", path, body, doing, repeatable=False)

    def error(self, problem: str, advice: str = "", doing: str = "", **details: Any) -> CallError:
        """An error that names this client."""
        return CallError(problem, advice, doing=doing, client=self.name, **details)

    def _call(self, method: str, path: str, body: Any, doing: str, repeatable: bool) -> Answer:
        if self.read_only and method != "GET":
            raise ReadOnlyError(f"{method} {path} was attempted where nothing may be written", client=self.name)
        relogin_left = self._given_token is None and self._api_key is None
        unknown = False
        while True:
            try:
                return self._tried(method, path, self._authorization(), body, doing, repeatable)
            except CallError as error:
                # Whatever fails later, a login too: an earlier try may have been executed.
                unknown = error.outcome_unknown = unknown or error.outcome_unknown
                if error.status != 401 or error.path == LOGIN or not relogin_left:
                    raise
                relogin_left = False  # the session has ended between two calls: once more, with a new one
                self._former_tokens.append(self._own_token or "")
                self._own_token = None

    def _authorization(self) -> dict[str, str]:
        if self._api_key is not None:
            return {"Authorization": f"Apikey {self._api_key}"}
        if self._given_token is not None:
            return self._bearer(self._given_token)
        if self._own_token is None:
            self._own_token = self._login()
        return self._bearer(self._own_token)

    @staticmethod
    def _bearer(token: str) -> dict[str, str]:
        return {"Authorization": f"Bearer {token}"}

    def _login(self) -> str:
        doing = f"log in as {self._username}"
        credentials = (f"{self._username}:{self._password}").encode()
        basic = base64.b64encode(credentials).decode("ascii")
        self._conceal(basic)
        headers = {"Authorization": f"Basic {basic}"}
        answer = self._tried("POST", LOGIN, headers, None, doing, repeatable=True)
        users = answer.data.get("users")
        first = users[0] if isinstance(users, list) and users else None
        token = first.get("token") if isinstance(first, dict) else None
        if not isinstance(token, str) or not token or not token.isascii() or not token.isprintable():
            raise self._malformed(doing, "POST", LOGIN, answer.status, "the answer has no token")
        self._conceal(token)
        return token

    def _tried(
        self, method: str, path: str, headers: Mapping[str, str], body: Any, doing: str, repeatable: bool
    ) -> Answer:
        """Sends until there is an answer to keep, until trying again cannot help, or until the deadline."""
        payload = None if body is None else json.dumps(body).encode("utf-8")
        sent_headers = dict(headers)
        if payload is not None:
            sent_headers["Content-Type"] = "application/json"
        wait, unknown, tries = FIRST_WAIT, False, 0
        while True:
            tries += 1
            left = self._time_left
            try:
                raw = self._send(method, path, sent_headers, payload)
                self._responded = True
                if 200 <= raw.status < 300:
                    return self._accepted(method, path, raw, doing)
                rejection = responses.refused(raw.status, raw.headers, raw.body)
                executed = not rejection.not_executed
                again, pause = rejection.retryable, rejection.retry_after
                failure = self._rejection_error(method, path, rejection, doing)
            except TransportError as problem:
                executed, again, pause = not problem.never_sent, problem.retryable, None
                text = problem.problem
                if problem.refused and not self._responded:
                    left = self._first_contact_left
                    if tries > 1:
                        text += f" (try {tries})"
                failure = self.error(f"{method} {path}: {text}", problem.advice, doing, method=method, path=path)
            unknown = unknown or (executed and method != "GET" and path != LOGIN)
            failure.outcome_unknown, failure.retryable = unknown, again
            again = again and (repeatable or not executed)
            pause = _spread(wait) if pause is None else max(pause, FIRST_WAIT)
            if not again or pause >= left():
                raise failure
            self._progress(f"{failure}; trying again in {pause:.1f} s, for at most {left():.0f} s")
            self._rest(pause)
            wait = min(wait * 2, LONGEST_WAIT)

    def _rest(self, seconds: float) -> None:
        """A client may ask for a long pause."""
        with self._reporter.waiting(lambda past: f"trying again in {max(0.0, seconds - past):.1f} s"):
            self._sleep(seconds)

    def _time_left(self) -> float:
        """Seconds in which another try may begin."""
        now = self._clock()
        started = now if self._started is None else self._started
        end = started + self._retry_timeout
        return (end if self._closing is None else min(end, self._closing + LOGOUT_TIMEOUT)) - now

    def _first_contact_left(self) -> float:
        """The same for a client that has refused the connection and has not responded yet: it is probably not there."""
        if self._first_contact_timeout is None:
            return self._time_left()
        passed = 0.0 if self._started is None else self._clock() - self._started
        return min(self._time_left(), self._first_contact_timeout - passed)

    def _send(self, method: str, path: str, headers: Mapping[str, str], payload: bytes | None) -> RawAnswer:
        if self._started is None:
            self._started = self._clock()
        end = self._started + self._retry_timeout + self._timeout - self._reserve()
        limit = round(min(self._timeout, end - self._clock()), 2)  # as it may be shown
        if limit <= 0:
            raise TransportError("no time is left for it", "Raise retry_timeout.", retryable=False)
        with self._reporter.waiting(lambda past: f"waiting for the answer to {method} {path} {span(past, limit)}"):
            answer: RawAnswer = self._transport.send(method, path, headers, payload, limit)
        return answer

    def _reserve(self) -> float:
        """What is kept back for the logout."""
        if self._closing is not None or self._given_token is not None or self._api_key is not None:
            return 0.0
        return min(LOGOUT_RESERVE, self._timeout / 4)

    def _accepted(self, method: str, path: str, raw: RawAnswer, doing: str) -> Answer:
        try:
            return responses.accepted(raw.status, raw.body)
        except MalformedAnswer as problem:
            raise self._malformed(doing, method, path, raw.status, str(problem)) from None

    def malformed(self, doing: str, path: str, problem: str, method: str = "GET") -> CallError:
        """The error for a success of which the content cannot come from this API."""
        return self._malformed(doing, method, path, 200, problem)

    def _malformed(self, doing: str, method: str, path: str, status: int, problem: str) -> CallError:
        return self.error(
            "%s %s answered %d, but %s" % (method, path, status, problem),
            "This does not look like a WhatsApp Business On-Premises client: check api_url and its path prefix.",
            doing,
            method=method,
            path=path,
            status=status,
            outcome_unknown=method != "GET" and path != LOGIN,
        )

    def _rejection_error(self, method: str, path: str, rejection: Rejection, doing: str) -> CallError:
        title = api_title(rejection.code)
        code = "" if rejection.code is None else ", API code %d%s" % (rejection.code, f" ({title})" if title else "")
        problem = "%s %s answered %d%s" % (method, path, rejection.status, code)
        if rejection.retry_after is not None:
            problem += f", to be tried again after {rejection.retry_after:.0f} s"
        details = {"method": method, "path": path, "status": rejection.status, "code": rejection.code}
        return self.error(problem, self._advice(path, rejection), doing, **details)

    def _advice(self, path: str, rejection: Rejection) -> str:
        if rejection.code == 1024:
            return api_advice(1024)
        if rejection.status == 401 and path == LOGIN:
            return (
                "Username or password is wrong, or the first login, which must change the password, is still pending."
            )
        if rejection.status == 401 and self._api_key is not None:
            return "The API key is not valid for this client."
        if rejection.status == 401:
            return "The token is not valid or has expired (tokens live seven days): get a new one, or give a password."
        if 300 <= rejection.status < 400:
            return "Redirects are not followed, as credentials would go with them: give the final address in api_url."
        if rejection.status == 404 and rejection.code is None:
            return "This does not look like an On-Premises client: check api_url and its path prefix."
        if rejection.code in (None, 1000) and rejection.status == 403:
            return api_advice(1005)
        return (
            api_advice(rejection.code) or "See whether the Webapp and a Coreapp are running, and look into their logs."
        )


def _spread(seconds: float) -> float:
    """A wait a little shorter or longer, so that a fleet does not come back all at once."""
    return seconds * random.uniform(0.75, 1.25)  # noqa: S311  (no secret depends on it)
