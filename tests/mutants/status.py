# SPDX-FileCopyrightText: 2026 wabiz.onprem contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Defects in the status and the report that their tests must notice."""

from __future__ import annotations

from mutant import PAGE, PLUGIN_UTILS, UNIT, UTILS, Mutant

STATUS: tuple[Mutant, ...] = (
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
