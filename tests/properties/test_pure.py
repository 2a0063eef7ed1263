# SPDX-FileCopyrightText: 2026 wabiz.onprem contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Functions that must hold for whatever comes from outside: URLs, answers, files, texts."""

from __future__ import annotations

import json
import string
import tempfile
from pathlib import Path
from typing import Any

from hypothesis import assume, given
from hypothesis import strategies as st
from properties.ledger_states import states

from ansible_collections.wabiz.onprem.plugins.module_utils._api import responses
from ansible_collections.wabiz.onprem.plugins.module_utils._api.client import Client
from ansible_collections.wabiz.onprem.plugins.module_utils._api.http import RawAnswer, TransportError
from ansible_collections.wabiz.onprem.plugins.module_utils._common import moments, redaction, versions
from ansible_collections.wabiz.onprem.plugins.module_utils._common.errors import InputError, LedgerError, OnPremError
from ansible_collections.wabiz.onprem.plugins.module_utils._ledger import (
    campaigns,
    file,
    in_effect,
    lease,
    restart,
    rolling,
)
from ansible_collections.wabiz.onprem.plugins.module_utils._ledger.state import Owner, State
from ansible_collections.wabiz.onprem.plugins.module_utils._settings import catalog, checks, planning, resource
from ansible_collections.wabiz.onprem.plugins.module_utils._settings.catalog import SETTINGS

# -- URLs

MARK = "S3cR3t"
around = st.text(string.ascii_letters + string.digits + "-._~%!$'()*+,:@/?=&;[]<>\"|\\^{} é\n", max_size=6)
secrets = st.builds("{}{}{}".format, around, st.just(MARK), around)
hosts = st.sampled_from(["h.example", "h.example:8443", "[2001:db8::1]", "127.0.0.1:1", ""])
schemes = st.sampled_from(["https://", "HTTPS://", "http://", "https:", "//", "", "ftp://"])
paths = st.sampled_from(["", "/", "/wa", "/wa/x"])


@st.composite
def urls_with_a_secret(draw: Any) -> str:
    """A URL, or what is near one, of which the secret lies in the user info, the query or the fragment."""
    secret, place = draw(secrets), draw(st.sampled_from(["user", "password", "value", "word", "fragment", "parameter"]))
    head = {"user": f"{secret}@", "password": f"user:{secret}@"}.get(place, "")
    tail = {"value": f"?a={secret}", "word": f"?{MARK}", "fragment": f"#{secret}", "parameter": f";{secret}"}
    # A slash or a question mark in user info ends it: what follows is path or query for everybody who reads the URL.
    assume(not head or not set("/?#\\") & set(secret))
    # Without a path, what is before an @ is user info, and what follows is the host.
    assume(place != "parameter" or not set("/@") & set(secret))
    return f"{draw(schemes)}{head}{draw(hosts)}{draw(paths)}{tail.get(place, '')}"


@given(urls_with_a_secret())
def test_no_secret_of_a_url_is_shown(url: str) -> None:
    shown = redaction.redact_url(url) or ""
    assert MARK not in shown
    assert redaction.redact_url(shown) == shown
    assert MARK not in redaction.client_name(url)


@given(st.text(max_size=60))
def test_any_text_can_be_redacted(text: str) -> None:
    shown = redaction.redact_url(text)
    assert (shown == text) or redaction.is_redacted(shown or "") or shown in (text.rstrip("?#"), text.lower())
    assert isinstance(redaction.client_name(text), str)


@given(urls_with_a_secret(), urls_with_a_secret())
def test_a_change_of_a_url_is_visible(before: str, after: str) -> None:
    shown = redaction.redact_url_pair(before, after)
    assert (shown[0] != shown[1]) is (before != after)
    assert MARK not in str(shown)


@given(urls_with_a_secret())
def test_a_refused_webhook_repeats_no_secret(url: str) -> None:
    try:
        checks.check_values({"webhooks.url": url})
    except InputError as error:
        assert MARK not in str(error)


# -- answers

json_values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(max_size=8),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(
            st.sampled_from(
                ["errors", "code", "meta", "version", "settings", "application", "webhooks", "url", "message", "media"]
                + [setting.top_level for setting in SETTINGS]
            ),
            inner,
            max_size=4,
        )
    ),
    max_leaves=12,
)
bodies = st.binary(max_size=40) | json_values.map(lambda value: json.dumps(value).encode())


@given(st.integers(200, 599), bodies, st.text(max_size=30))
def test_any_answer_is_understood_or_malformed(status: int, body: bytes, retry_after: str) -> None:
    rejection = responses.refused(status, {"retry-after": retry_after}, body)
    assert rejection.code is None or isinstance(rejection.code, int)
    assert rejection.retry_after is None or rejection.retry_after >= 0
    try:
        answer = responses.accepted(status, body)
        responses.dig(answer, "settings", "application")
    except responses.MalformedAnswer as problem:
        assert "\n" not in str(problem) and len(str(problem)) < 100


@given(
    st.text(max_size=40) | st.from_regex(r"[A-Z][a-z]{2}, \d{1,2} [A-Z][a-z]{2} \d{1,5} \d\d:\d\d:\d\d [-+A-Z0-9]{1,5}")
)
def test_any_retry_after(text: str) -> None:
    found = responses.retry_after_seconds(text, now=0.0)
    assert found is None or found >= 0


class Wire:
    """Answers from a list, and then no one."""

    def __init__(self, answers: list[Any]) -> None:
        self.answers, self.now, self.logged_in, self.calls = answers, 0.0, 0, 0

    def send(self, method: str, path: str, headers: Any, body: Any, time_limit: float) -> RawAnswer:
        assert 0 < time_limit <= 10
        self.calls += 1
        self.now += 0.1
        if path.endswith("logout"):
            self.logged_in -= 1
            return RawAnswer(200, {}, b"null")
        if not self.answers:
            raise TransportError("the connection was refused")
        status, content, headers = self.answers.pop(0)
        if path.endswith("login") and status == 200:
            content = b'{"users": [{"token": "t"}]}'
            self.logged_in += 1
        return RawAnswer(status, headers, content)

    def sleep(self, seconds: float) -> None:
        self.now += seconds

    def close(self) -> None:
        """Nothing is open."""


headers = st.sampled_from([{}, {"Retry-After": "0"}, {"Retry-After": "5"}, {"Retry-After": "x"}])
answers = st.lists(
    st.tuples(st.sampled_from([200, 200, 302, 400, 401, 403, 429, 500, 503]), bodies, headers), max_size=8
)


@given(answers, st.sampled_from(["get", "patch", "put", "delete", "post"]), st.booleans())
def test_any_answers_end_in_time_with_a_result_or_an_error(
    given_answers: list[Any], verb: str, own_login: bool
) -> None:
    wire = Wire(list(given_answers))
    login = {"username": "admin", "password": "p"} if own_login else {"token": "t"}
    client = Client(
        wire,
        "https://c",
        timeout=10,
        retry_timeout=30,
        read_only=False,
        clock=lambda: wire.now,
        sleep=wire.sleep,
        **login,
    )
    statuses = {status for status, _body, _headers in given_answers}
    try:
        with client:
            getattr(client, verb)("/v1/x", *([{}] if verb in ("patch", "post") else []), "do it")
        assert 200 in statuses
    except OnPremError as error:
        assert "Could not" in str(error)
    assert wire.now <= 45
    assert wire.logged_in <= 0  # every login was logged out


# -- settings

applications = st.dictionaries(
    st.sampled_from([*catalog.TOP_LEVEL, "wa_id", "sent_status"]),
    json_values
    | st.dictionaries(st.sampled_from(["url", "message", "messages", "auto_download", "sent"]), json_values),
    max_size=6,
)


@given(applications, st.none() | st.text(max_size=6) | st.just("v2.53.1"))
def test_any_settings_can_be_read_shown_and_planned_for(application: dict[str, Any], version: str | None) -> None:
    client = planning.read_snapshot(application, version)
    json.dumps(resource.shown(client.values))
    wanted = {setting.name: setting.default for setting in SETTINGS if setting.default_certain}
    plan = planning.make_plan(client, wanted, lambda name, value: False)
    assert set(plan.body) == {catalog.BY_NAME[name].top_level for name in plan.changed}
    after = planning.predicted(client, plan)
    json.dumps(resource.shown_pair(sorted(wanted), plan.changed, client, dict(wanted, **after)))
    list(checks.warnings(client, wanted, after))
    again = planning.make_plan(
        planning.read_snapshot({**application, **plan.body}, version), wanted, lambda name, value: False
    )
    assert again.changed == []


@given(st.sampled_from(SETTINGS), json_values)
def test_normalising_twice_is_normalising_once(setting: Any, value: Any) -> None:
    once = planning.normalise(setting, value)
    again = planning.normalise(setting, once)
    assert (again, type(again)) == (once, type(once))


@given(json_values, json_values)
def test_same_is_symmetric(one: Any, other: Any) -> None:
    assert planning.same("extra_settings.x", one, other) is planning.same("extra_settings.x", other, one)
    assert planning.same("extra_settings.x", one, one)


@given(st.text(max_size=12))
def test_any_version(text: str) -> None:
    version = versions.parse_version(text)
    assert version is None or len(version) >= 2
    assert versions.is_at_least(version, "2.49.1") is not versions.is_before(version, "2.49.1")


@given(st.text(max_size=30) | st.datetimes().map(str))
def test_any_moment(text: str) -> None:
    moment = moments.parse(text)
    assert moment is None or moments.parse(moments.to_text(moment)) == moment


# -- the ledger

head = {"kind": st.just(file.KIND), "format": st.just(file.FORMAT)}
parts = st.fixed_dictionaries(head, optional=dict.fromkeys(State.FORM, json_values))
broken = st.tuples(states, st.sampled_from(sorted(State.FORM)), json_values).map(
    lambda drawn: {**drawn[0].as_json(), drawn[1]: drawn[2], "kind": file.KIND, "format": file.FORMAT}
)
whole = states.map(lambda state: {**state.as_json(), "kind": file.KIND, "format": file.FORMAT})
files = st.binary(max_size=60) | (json_values | parts | broken | whole).map(lambda value: json.dumps(value).encode())


@given(files)
def test_any_file_is_a_ledger_or_a_ledger_error(content: bytes) -> None:
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder, "ledger.json")
        path.write_bytes(content)
        try:
            with file.Ledger(str(path), read_only=True) as ledger:
                _use(ledger)
        except LedgerError as error:
            assert str(path) in str(error)
        assert path.read_bytes() == content


def _use(ledger: file.Ledger) -> None:
    """What the operations do with what they have read."""
    owner = Owner("h", "m", 1, "1", "wa-berlin")
    shown = {"log_level": "info"}
    state = restart.resolve(ledger.state, shown, ledger.fingerprint)
    state = in_effect.see(restart.mark_pending(state, ["log_level"], owner=owner), shown)
    assert "log_level" in restart.settings(state)
    campaigns.listed(state)
    campaigns.released_value(state)
    state = campaigns.close_hold(campaigns.note_before(state, True))
    ledger.was_sent("a", 1)
    ledger.remember_sent("a", 1)
    rolling.remaining(state, {})
    rolling.expected_connected(state)
    in_effect.compare_starts(state, {"n": "1"})
    lease.take(state, owner, 60, 1000.0)
    state = in_effect.doubt_until_done(rolling.keep_values(rolling.start(state), shown))
    state = rolling.close(in_effect.confirm(state, shown, shown, rolling.starts(state)))
    assert State.from_json(json.loads(json.dumps(state.as_json()))) == state
