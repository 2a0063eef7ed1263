# Copyright (c) 2026, wabiz.onprem contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-FileCopyrightText: 2026 wabiz.onprem contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Writes docs/fault_matrix.md from the rules that the cells are tested against: `python -m faults.table [--write]`."""

from __future__ import annotations

import sys
from pathlib import Path

from . import kinds, verdict
from .calls import CALLS, SCENARIOS, Call
from .kinds import FAULTS, Fault

PAGE = Path(__file__).resolve().parents[2] / "docs" / "fault_matrix.md"
UNSEEN, UNREACHED = "†", "‡"

HEAD = f"""\
<!--
SPDX-FileCopyrightText: 2026 wabiz.onprem contributors
SPDX-License-Identifier: GPL-3.0-or-later
Written by `python -m faults.table --write` (PYTHONPATH: tests); `make faults` fails where it is not what the tests test.
-->

# Fault matrix

Every call of every module meets every fault, over real TLS, in front of the emulator: once, and each time. A cell says
what comes of both, `once / each time`:

| word | meaning |
|---|---|
| passes | the task succeeds as if nothing had happened |
| retried | the call is made again, or a GET settles whether it was executed; the task succeeds within its deadline |
| error | the task fails with a clear message; the number is the status or the API code that the message names |
| finding | the same from a module that does not fail, but returns what is wrong |
| warning | the task succeeds, and warns that its logout failed |
| down | the task succeeds without a health report: the client may be down, and the restart be what it needs |
| - | this cannot happen to this call |

In each cell these hold as well, and are checked:

- Nothing that is not safe to repeat is sent twice (the emulator's record says so). A PUT, which starts a service, is tried
  again only where it certainly was not executed. A POST of a media provider is sent again only after a GET.
- In check mode no write is sent.
- Credentials and token go to the client alone: not to where a redirect leads, not to the proxy that a variable names. A
  `~/.netrc` is ignored.
- Memory stays bounded whatever the client sends: an answer that is larger than 4 MiB is not read.
- No live token is left behind, with two exceptions: {UNSEEN} a login that was executed and of which the answer was lost,
  so that its token was never seen; {UNREACHED} a logout that cannot be carried out. Such tokens end by themselves after
  seven days.
- No secret is in result, warnings, progress or ledger.
- All is over after `retry_timeout` plus one `timeout`.
- The message names the call, the client, status and code, and what to do.
- A plain run afterwards brings the settings to what is declared, and a restart is pending if and only if the change was
  executed. Whatever fails in a rolling restart returns the lease and keeps the restart pending until each node is done.
"""


def cell(call: Call, fault: Fault) -> str:
    if not verdict.applies(call, fault):
        return "-"
    both = [_words(call, fault, mode) for mode in verdict.MODES]
    text = both[0] if both[0] == both[1] else " / ".join(both)
    if verdict.leaves_unseen_token(call, fault):
        return text + UNSEEN
    lied_to = fault.session_over and fault.order.get("kind") == "status"
    return text + UNREACHED if call.is_logout and (verdict.WARNING in text or lied_to) else text


def _words(call: Call, fault: Fault, mode: str) -> str:
    word = verdict.expected(call, fault, mode)
    number = fault.code or fault.status
    return f"{word} {number}" if word in (verdict.ERROR, verdict.FINDING) and number else word


def page() -> str:
    parts = [HEAD, f"\n{len(CALLS)} calls, {len(FAULTS)} faults, {count()} cells.\n"]
    for family in dict.fromkeys(fault.family for fault in FAULTS):
        columns = [fault for fault in FAULTS if fault.family == family]
        parts.append(f"\n## {family}\n\n| call | {' | '.join(fault.name for fault in columns)} |\n")
        parts.append("|---" * (len(columns) + 1) + "|\n")
        for scenario in SCENARIOS:
            parts.append(f"| **{scenario.name}** |{' |' * len(columns)}\n")
            for call in (call for call in CALLS if call.scenario is scenario):
                again = f" ({call.before + 1})" if call.before else ""
                cells = " | ".join(cell(call, fault) for fault in columns)
                parts.append(f"| {call.method} `{call.path}`{again} | {cells} |\n")
    return "".join(parts)


def count() -> int:
    return len(verdict.MODES) * sum(verdict.applies(call, fault) for call in CALLS for fault in kinds.FAULTS)


def main() -> int:
    if "--write" in sys.argv[1:]:
        PAGE.parent.mkdir(exist_ok=True)
        PAGE.write_text(page(), encoding="utf-8")
        return 0
    if PAGE.exists() and PAGE.read_text(encoding="utf-8") == page():
        return 0
    print(f"{PAGE} is not current: python -m faults.table --write", file=sys.stderr)  # noqa: T201
    return 1


if __name__ == "__main__":
    sys.exit(main())
