# Copyright (c) 2026, wabiz.onprem contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-FileCopyrightText: 2026 wabiz.onprem contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Defects that could be made by anybody: a small change of one file each, and the tests that have to notice."""

from __future__ import annotations

from dataclasses import dataclass

UTILS = "plugins/module_utils"
OPERATIONS = f"{UTILS}/_operations"
UNIT = "tests/unit/plugins/module_utils"
PLUGIN_UTILS = "plugins/plugin_utils"
PAGE = "tests/unit/plugins/plugin_utils"
MATRIX = "tests/faults/test_matrix.py"
TOGETHER = "tests/faults/test_together.py"
PLAIN = "tests/faults/test_plain.py"
LEDGER = "tests/hostile/test_ledger.py"
CRASH = "tests/hostile/test_crash_points.py"
ROLL = "tests/hostile/test_crash_roll.py"


@dataclass(frozen=True)
class Mutant:
    name: str
    file: str
    old: str
    new: str
    tests: tuple[str, ...]  # arguments of pytest


MUTANTS: tuple[Mutant, ...] = (
    Mutant(
        "the intention is written after the PATCH",
        f"{UTILS}/_settings_write.py",
        "    ledger.save()\n    try:\n        write()\n",
        "    try:\n        write()\n        ledger.save()\n",
        (TOGETHER, "-k", "test_lost_answer_and_then_a_refusal"),
    ),
    Mutant(
        "an owed restart is closed under another id",
        f"{UTILS}/_rolling.py",
        "    if not is_current(data, identity) or not _entries(data)",
        "    if not data['restart'] or not _entries(data)",
        (ROLL, "-k", "only_what_is_done"),
    ),
    Mutant(
        "an owed restart is closed with nodes left",
        f"{UTILS}/_rolling.py",
        "or not _entries(data) or remaining(data):",
        "or not _entries(data):",
        (ROLL, "-k", "only_what_is_done"),
    ),
    Mutant(
        "the logout is left out after a failure",
        f"{UTILS}/_client.py",
        "            error.client = self.name\n        self.close()",
        "            error.client = self.name\n        if error is None:\n            self.close()",
        (MATRIX, "-k", "application_settings_info and GET and 403-once"),
    ),
    Mutant(
        "the logout is tried once",
        f"{UTILS}/_client.py",
        '"log out", repeatable=True',
        '"log out", repeatable=False',
        (MATRIX, "-k", "application_settings_info and logout and 503-once"),
    ),
    Mutant(
        "a login that met a 401 is forgotten",
        f"{UTILS}/_client.py",
        '                self._former_tokens.append(self._own_token or "")\n',
        "",
        (TOGETHER, "-k", "again_and_again"),
    ),
    Mutant(
        "query strings are shown",
        f"{UTILS}/_redact.py",
        '    return "&".join(_hide_pair(pair, hidden) for pair in query.split("&"))',
        "    return query",
        (PLAIN,),
    ),
    Mutant(
        "the text of an unexpected exception is shown",
        f"{UTILS}/_outcome.py",
        "message % (type(error).__name__, place)",
        "message % (repr(error), place)",
        (f"{UNIT}/test_outcome.py", TOGETHER, "-k", "unexpected or defect or secret"),
    ),
    Mutant(
        "a nested object is sent in part",
        f"{UTILS}/_plan.py",
        "body[path[0]] = dict(before) if isinstance(before, Mapping) else {}",
        "body[path[0]] = {}",
        (f"{UNIT}/test_plan.py",),
    ),
    Mutant(
        "the operation writes in check mode",
        f"{OPERATIONS}/application_settings.py",
        "if plan.body and not task.check_mode:",
        "if plan.body:",
        (PLAIN,),
    ),
    Mutant(
        "the client writes where it may only read",
        f"{UTILS}/_client.py",
        'if self.read_only and method != "GET":',
        "if False:",
        (TOGETHER, "-k", "read_only"),
    ),
    Mutant(
        "the ledger is written in check mode",
        f"{UTILS}/_ledger.py",
        "if self._read_only or text == self._stored",
        "if text == self._stored",
        (PLAIN,),
    ),
    Mutant(
        "changed is always false",
        f"{OPERATIONS}/application_settings.py",
        "return Outcome(bool(changed), values,",
        "return Outcome(False, values,",
        (PLAIN,),
    ),
    Mutant(
        "what is not safe to repeat is repeated",
        f"{UTILS}/_client.py",
        'return self._call("PUT", path, None, doing, repeatable=False)',
        'return self._call("PUT", path, None, doing, repeatable=True)',
        (MATRIX, "-k", "PUT and message and 503-once"),
    ),
    Mutant(
        "a POST of unknown outcome is repeated",
        f"{UTILS}/_client.py",
        'return self._call("POST", path, body, doing, repeatable=False)',
        'return self._call("POST", path, body, doing, repeatable=True)',
        (MATRIX, "-k", "media_provider and POST and providers and 503-once"),
    ),
    Mutant(
        "a set is compared as a list",
        f"{UTILS}/_plan.py",
        "sorted(set(value)) if isinstance(value, (list, tuple))",
        "list(value) if isinstance(value, (list, tuple))",
        (f"{UNIT}/test_plan.py",),
    ),
    Mutant(
        "the ledger is not locked",
        f"{UTILS}/_ledger.py",
        "            self._take_lock()\n",
        "",
        (LEDGER, "-k", "fifty"),
    ),
    Mutant(
        "the ledger is written in place",
        f"{UTILS}/_ledger.py",
        "            self._write(fresh, text)\n            os.replace(fresh, self.path)\n",
        "            self._write(self.path, text)\n",
        (LEDGER, "-k", "full or half"),
    ),
    Mutant(
        "links are followed",
        f"{UTILS}/_ledger.py",
        "flags | os.O_NOFOLLOW | os.O_NONBLOCK",
        "flags | os.O_NONBLOCK",
        (LEDGER, "-k", "symbolic"),
    ),
    Mutant(
        "a planted file is written through",
        f"{UTILS}/_ledger.py",
        "        _remove(path)  # left by a killed run, or planted: a link, a pipe, a file that is held open\n"
        "        flags = os.O_WRONLY | os.O_CREAT | os.O_EXCL",
        "        flags = os.O_WRONLY | os.O_CREAT | os.O_TRUNC",
        (LEDGER, "-k", "modes or hard_link or open_from_before or pipe"),
    ),
    Mutant(
        "a client that has not settled counts as settled",
        f"{UTILS}/_health.py",
        'problems = [f"{node} is {node.status}" for node in self.nodes if node.status in UNSETTLED]',
        "problems = []",
        (f"{UNIT}/operations/test_health_info.py",),
    ),
    Mutant(
        "a living owner loses its lease",
        f"{UTILS}/_rolling.py",
        "    return None if _owner.is_alive(holder) is False else holder",
        "    return None",
        (ROLL, "-k", "living"),
    ),
    Mutant(
        "an unknown outcome is forgotten at the next login",
        f"{UTILS}/_client.py",
        "                unknown = error.outcome_unknown = unknown or error.outcome_unknown\n",
        "",
        (TOGETHER, "-k", "lost_answer"),
    ),
    Mutant(
        "a refusal does not withdraw the intention",
        f"{UTILS}/_settings_write.py",
        "            _owed.withdraw(ledger.data)\n",
        "",
        (TOGETHER, "-k", "withdraws"),
    ),
    Mutant(
        "a change that a crash has hidden is not owed",
        f"{UTILS}/_owed.py",
        "    if taken:\n        owe(data, taken)",
        "    if False:\n        owe(data, taken)",
        (TOGETHER, "-k", "lost_answer"),
    ),
    Mutant(
        "what collection was before a campaign is not kept",
        f"{OPERATIONS}/application_settings.py",
        "    _campaigns.note_before(ledger.data, current.values.get(_plan.message_collection(current).name))\n",
        "",
        (CRASH, "-k", "holds_collection_off"),
    ),
    Mutant(
        "redirects are followed",
        f"{UTILS}/_http.py",
        "allow_redirects=False",
        "allow_redirects=True",
        (MATRIX, "-k", "application_settings_info and GET and redirect-once"),
    ),
    Mutant(
        "surroundings are trusted: netrc, proxies",
        f"{UTILS}/_http.py",
        "self._session.trust_env = False",
        "self._session.trust_env = True",
        (PLAIN,),
    ),
    Mutant(
        "certificates are not verified",
        f"{UTILS}/_http.py",
        "self._session.verify = (ca_path or True) if validate_certs else False",
        "self._session.verify = False",
        (MATRIX, "-k", "application_settings_info and GET and (wrong or expired)"),
    ),
    Mutant(
        "answers may be of any size",
        f"{UTILS}/_http.py",
        "MAXIMUM_BODY = 4 * 1024 * 1024",
        "MAXIMUM_BODY = 4 * 1024 * 1024 * 1024",
        (MATRIX, "-k", "application_settings_info and GET and 50"),
    ),
    Mutant(
        "a request lasts as long as bytes keep coming",
        f"{UTILS}/_http.py",
        "        left = self._end - self._clock()\n",
        "        left = 5.0\n",
        (MATRIX, "-k", "application_settings_info and GET and drip-once"),
    ),
    Mutant(
        "a write that was not kept counts as done",
        f"{UTILS}/_plan.py",
        "            found.append(name)\n    return found",
        "            pass\n    return found",
        (MATRIX, "-k", "application_settings and PATCH and kept-once"),
    ),
    Mutant(
        "what a campaign holds counts as drift",
        f"{UTILS}/_status.py",
        "if name in held or (not there",
        "if (not there",
        (f"{UNIT}/test_status.py",),
    ),
    Mutant(
        "a torn ledger says that no campaign is on",
        f"{UTILS}/_status.py",
        'facts.current is not None and "ledger_unreadable" not in seen',
        "facts.current is not None",
        (f"{UNIT}/test_status.py",),
    ),
    Mutant(
        "what a client is named steers the terminal",
        "plugins/plugin_utils/status_table.py",
        '    plain = _ESCAPES.sub("", str(text))\n',
        "    plain = str(text)\n    return plain\n",
        ("tests/unit/plugins/plugin_utils/test_fleet_status.py",),
    ),
    Mutant(
        "a client that cannot be reached is left out",
        "plugins/plugin_utils/status_document.py",
        "for name, result in results.items()),",
        'for name, result in results.items() if not result.get("unreachable")),',
        ("tests/unit/plugins/plugin_utils/test_fleet_status.py", "-k", "unreachable or worst_first"),
    ),
    Mutant(
        "the page does not escape",
        f"{PLUGIN_UTILS}/status_page.py",
        "autoescape=True",
        "autoescape=False",
        (f"{PAGE}/test_status_page.py",),
    ),
    Mutant(
        "one text of the page is not escaped",
        "playbooks/templates/report/parts.html.j2",
        "{{ client.findings[0].text }}",
        "{{ client.findings[0].text | safe }}",
        (f"{PAGE}/test_status_page.py",),
    ),
    Mutant(
        "the page lets any script run",
        f"{PLUGIN_UTILS}/status_page.py",
        '" ".join(_hash(script) for script in scripts)',
        "\"'unsafe-inline'\"",
        (f"{PAGE}/test_status_page.py",),
    ),
    Mutant(
        "an overdue campaign is drawn as if it went on as planned",
        f"{PLUGIN_UTILS}/status_timeline.py",
        "elif end <= now:",
        "elif end < begin:",
        (f"{PAGE}/test_status_words.py",),
    ),
)
