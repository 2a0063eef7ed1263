# Copyright (c) 2026, wabiz.onprem contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-FileCopyrightText: 2026 wabiz.onprem contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Defects that are easily made: a small change of one file each, and the tests that have to notice."""

from __future__ import annotations

from mutant import LEDGER, MATRIX, PLAIN, TOGETHER, UNIT, UTILS, Mutant
from restarts import RESTARTS
from status import STATUS

MUTANTS: tuple[Mutant, ...] = (
    Mutant(
        "the intention is written after the PATCH",
        f"{UTILS}/_settings/write_order.py",
        "    ledger.save()\n    try:\n        write()\n",
        "    try:\n        write()\n        ledger.save()\n",
        (TOGETHER, "-k", "test_lost_answer_and_then_a_rejection"),
    ),
    Mutant(
        "the logout is left out after a failure",
        f"{UTILS}/_api/client.py",
        "            error.client = self.name\n        self.close()",
        "            error.client = self.name\n        if error is None:\n            self.close()",
        (MATRIX, "-k", "application_settings_info and GET and 403-once"),
    ),
    Mutant(
        "the logout is tried once",
        f"{UTILS}/_api/client.py",
        '"log out", repeatable=True',
        '"log out", repeatable=False',
        (MATRIX, "-k", "application_settings_info and logout and 503-once"),
    ),
    Mutant(
        "a login that met a 401 is forgotten",
        f"{UTILS}/_api/client.py",
        '                self._former_tokens.append(self._own_token or "")\n',
        "",
        (TOGETHER, "-k", "again_and_again"),
    ),
    Mutant(
        "query strings are shown",
        f"{UTILS}/_common/redaction.py",
        '    return "&".join(_hide_pair(pair, hidden) for pair in query.split("&"))',
        "    return query",
        (PLAIN,),
    ),
    Mutant(
        "the text of an unexpected exception is shown",
        f"{UTILS}/_common/operation.py",
        "message % (type(error).__name__, place)",
        "message % (repr(error), place)",
        (f"{UNIT}/test_outcome.py", TOGETHER, "-k", "unexpected or defect or secret"),
    ),
    Mutant(
        "a nested object is sent in part",
        f"{UTILS}/_settings/planning.py",
        "body[path[0]] = dict(before) if isinstance(before, Mapping) else {}",
        "body[path[0]] = {}",
        (f"{UNIT}/test_plan.py",),
    ),
    Mutant(
        "the client writes where it may only read",
        f"{UTILS}/_api/client.py",
        'if self.read_only and method != "GET":',
        "if False:",
        (TOGETHER, "-k", "read_only"),
    ),
    Mutant(
        "what is not safe to repeat is repeated",
        f"{UTILS}/_api/client.py",
        'return self._call("PUT", path, None, doing, repeatable=False)',
        'return self._call("PUT", path, None, doing, repeatable=True)',
        (MATRIX, "-k", "PUT and message and 503-once"),
    ),
    Mutant(
        "a POST of unknown outcome is repeated",
        f"{UTILS}/_api/client.py",
        'return self._call("POST", path, body, doing, repeatable=False)',
        'return self._call("POST", path, body, doing, repeatable=True)',
        (MATRIX, "-k", "media_provider and POST and providers and 503-once"),
    ),
    Mutant(
        "a set is compared as a list",
        f"{UTILS}/_settings/planning.py",
        "sorted(set(value)) if isinstance(value, (list, tuple))",
        "list(value) if isinstance(value, (list, tuple))",
        (f"{UNIT}/test_plan.py",),
    ),
    Mutant(
        "the ledger is not locked",
        f"{UTILS}/_ledger/file.py",
        "            self._take_lock()\n",
        "",
        (LEDGER, "-k", "fifty"),
    ),
    Mutant(
        "the ledger is written in place",
        f"{UTILS}/_ledger/file.py",
        "            self._write(fresh, text)\n            os.replace(fresh, self.path)\n",
        "            self._write(self.path, text)\n",
        (LEDGER, "-k", "full or half"),
    ),
    Mutant(
        "links are followed",
        f"{UTILS}/_ledger/file.py",
        "flags | os.O_NOFOLLOW | os.O_NONBLOCK",
        "flags | os.O_NONBLOCK",
        (LEDGER, "-k", "symbolic"),
    ),
    Mutant(
        "a planted file is written through",
        f"{UTILS}/_ledger/file.py",
        "        _remove(path)  # left by a killed run, or planted: a link, a pipe, a file that is held open\n"
        "        flags = os.O_WRONLY | os.O_CREAT | os.O_EXCL",
        "        flags = os.O_WRONLY | os.O_CREAT | os.O_TRUNC",
        (LEDGER, "-k", "modes or hard_link or open_already or pipe"),
    ),
    Mutant(
        "an unknown outcome is forgotten at the next login",
        f"{UTILS}/_api/client.py",
        "                unknown = error.outcome_unknown = unknown or error.outcome_unknown\n",
        "",
        (TOGETHER, "-k", "lost_answer"),
    ),
    Mutant(
        "a rejection does not withdraw the intention",
        f"{UTILS}/_settings/write_order.py",
        "            ledger.state = restart.withdraw(ledger.state)\n",
        "",
        (TOGETHER, "-k", "withdraws"),
    ),
    Mutant(
        "certificates are not verified",
        f"{UTILS}/_api/http.py",
        "self._verify = (ca_path or True) if validate_certs else False",
        "self._verify = False",
        (MATRIX, "-k", "application_settings_info and GET and (wrong or expired)"),
    ),
    Mutant(
        "answers may be of any size",
        f"{UTILS}/_api/http.py",
        "MAXIMUM_BODY = 4 * 1024 * 1024",
        "MAXIMUM_BODY = 4 * 1024 * 1024 * 1024",
        (MATRIX, "-k", "application_settings_info and GET and 50"),
    ),
    Mutant(
        "a request lasts as long as bytes keep coming",
        f"{UTILS}/_api/http.py",
        "        left = self._end - self._clock()\n",
        "        left = 5.0\n",
        (MATRIX, "-k", "application_settings_info and GET and drip-once"),
    ),
    Mutant(
        "a write that was not kept counts as done",
        f"{UTILS}/_settings/planning.py",
        "            found.append(name)\n    return found",
        "            pass\n    return found",
        (MATRIX, "-k", "application_settings and PATCH and kept-once"),
    ),
    *RESTARTS,
    *STATUS,
)
