# SPDX-FileCopyrightText: 2026 wabiz.onprem contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""The status of a fleet must be reported whatever clients, ledgers and people have left there."""

from __future__ import annotations

import datetime
import json
import re
from typing import Any

from hypothesis import given
from hypothesis import strategies as st
from properties.ledger_states import shown_states

from ansible_collections.wabiz.onprem.plugins.module_utils import _status
from ansible_collections.wabiz.onprem.plugins.module_utils._api.health import Node, Report
from ansible_collections.wabiz.onprem.plugins.module_utils._common.errors import CallError, InputError, LedgerError
from ansible_collections.wabiz.onprem.plugins.module_utils._settings import catalog, planning
from ansible_collections.wabiz.onprem.plugins.plugin_utils import status_document, status_file, status_table

MARK = "S3cR3t"
texts = st.text(max_size=12) | st.text("\x1b[]31mK;\x07\x9b\n\r\u202e{}%<>'\"a", max_size=30) | st.just("x" * 5000)
secret_urls = st.builds("https://{0}:{0}@h.example/{1}?a={0}".format, st.just(MARK), st.from_regex(r"[a-z<'\"]{0,9}"))
values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | texts,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(texts, inner, max_size=3),
    max_leaves=6,
)
keys = st.sampled_from([*catalog.TOP_LEVEL, "wa_id", "sent_status"])
webhooks = st.fixed_dictionaries({"url": secret_urls | values})
collections = st.fixed_dictionaries({"messages": st.booleans() | values})
applications = st.dictionaries(keys, values | webhooks | collections, max_size=5)
clients = st.none() | st.builds(planning.read_snapshot, applications, st.sampled_from([None, "v2.53.1", "v2.33.4"]))
roles = st.sampled_from(["coreapp", "primary_master", "single"]) | texts
statuses = st.sampled_from(["connected", "connecting", "disconnected", "error"]) | texts
codes = st.none() | st.sampled_from([1011, 1014])
reports = st.none() | st.builds(
    Report,
    st.lists(st.builds(Node, texts, texts, roles, statuses, texts, codes, texts), max_size=4).map(tuple),
    st.booleans(),
    st.none() | st.just("2.53.1"),
)
statuses_of_calls = st.none() | st.integers(100, 599)
errors = st.lists(
    st.builds(CallError, texts, status=statuses_of_calls, code=st.none() | st.just(1014))
    | st.builds(InputError, texts)
    | st.builds(LedgerError, texts),
    max_size=3,
).map(tuple)
names = st.sampled_from([*catalog.BY_NAME, planning.EXTRA + "pager"])
declarations = st.dictionaries(names, values, max_size=3) | secret_urls.map(
    lambda url: {"webhooks.url": url, planning.EXTRA + "pager": MARK}
)
facts = st.builds(
    _status.Facts,
    api_url=st.none() | st.just("https://c"),
    now=st.datetimes(timezones=st.just(datetime.timezone.utc)),
    errors=errors,
    current=clients,
    report=reports,
    ledger=st.none() | shown_states,
    declared=declarations,
    collect=st.none() | st.booleans(),
    was_sent=st.booleans().map(lambda sent: lambda name, value: sent),
    long_after=st.integers(0, 30),
)


def parsed(text: str) -> Any:
    """JSON as machines read it: without NaN and Infinity."""

    def refuse(name: str) -> None:
        raise AssertionError(f"{name} is no JSON")

    return json.loads(text, parse_constant=refuse)


@given(facts)
def test_any_facts_are_judged(given_facts: _status.Facts) -> None:
    entry = _status.judge(given_facts)
    assert set(entry) == set(_status.unknown(None))
    found = [one["level"] for one in entry["findings"]]
    assert entry["level"] == (found[0] if found else "ok")
    assert found == sorted(found)  # critical before warning
    assert all(_status.KINDS[one["kind"]] == one["level"] for one in entry["findings"])
    held = set(entry["held_settings"])
    assert not held & {one["setting"] for one in entry["drift"]}
    assert bool(entry["drift"]) is ("drift" in [one["kind"] for one in entry["findings"]])
    assert MARK not in json.dumps(entry)
    assert all(len(one["text"]) <= 600 for one in entry["findings"])


@given(st.dictionaries(texts, facts.map(lambda one: {"client": _status.judge(one)}), max_size=3))
def test_any_fleet_is_shown_and_written(results: dict[str, Any]) -> None:
    document = status_document.make(results)
    assert parsed(status_file.json_text(document)) == document
    counts = document["summary"]
    assert counts["clients"] == len(results) == counts["critical"] + counts["warning"] + counts["ok"]
    lines = status_table.lines(document)
    findings = sum(len(client["findings"]) for client in document["clients"])
    table = 1 + len(results) + (1 + findings if findings else 0) + 1 if results else 0
    assert len(lines) == table + 1
    for line in lines:
        assert line.text.isprintable()  # one line, and nothing that steers a terminal
        assert not re.search(r"[\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069]", line.text)


json_values = st.recursive(
    st.none() | st.booleans() | st.integers() | texts,
    lambda inner: st.lists(inner, max_size=2) | st.dictionaries(st.sampled_from(["msg", "failed", "x"]), inner),
    max_leaves=5,
)
failures = st.dictionaries(st.sampled_from(["msg", "failed", "unreachable", "client", "x"]), json_values, max_size=4)


@given(st.dictionaries(texts, failures | json_values, max_size=3))
def test_what_brought_no_status_is_critical(results: dict[str, Any]) -> None:
    document = status_document.make(results)
    for client in document["clients"]:
        assert (client["level"], len(client["findings"])) == ("critical", 1)


@given(texts, st.integers(1, 60))
def test_any_text_becomes_harmless(text: str, limit: int) -> None:
    shown = status_table.harmless(text, limit)
    assert shown.isprintable() and len(shown) <= limit
    assert status_table.harmless(shown, limit) == shown
