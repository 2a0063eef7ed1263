# SPDX-FileCopyrightText: 2026 wabiz.onprem contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""docs/playbooks.md: what each playbook does, its variables, defaults and exit statuses.

Variables of roles come from their argument specs.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import yaml

ROOT = Path(__file__).resolve().parents[2]
# Variables of the playbooks themselves: name -> (meaning, default).
ALL = {"wabiz_onprem_hosts": ("The hosts or groups to run on.", "`all`")}
# Those that write also take these.
WRITING = {
    "wabiz_onprem_serial": ("How many clients are handled at once, as Ansible's `serial`.", "`100%`"),
    "wabiz_onprem_max_fail_percentage": (
        "After more failed clients than this, in per cent, no further batch begins.",
        "`100`",
    ),
    "wabiz_onprem_show": ("Which clients the closing table shows: `changes`, `all`.", "`changes`"),
}
STATUS = {
    "wabiz_onprem_settings": ("The declared settings, to find drift.", "none"),
    "wabiz_onprem_ledger": ("Absolute path of the client's ledger.", "`~/.local/state/wabiz-onprem/<host>.json`"),
    "wabiz_onprem_state_host": ("The inventory host that has the ledger and calls the API.", "the client's host"),
    "campaign_status_json": ("Path of a JSON file on the controller.", "not written"),
    "campaign_status_html": ("Path of an HTML page on the controller.", "not written"),
    "campaign_status_mode": ("Mode of these files, for example `'0644'` for a web server.", "`0600`"),
    "campaign_status_table": ("Whether to print the table.", "`true`"),
    "campaign_status_fail_at": ("From which level on the run fails: `warning`, `critical`, `never`.", "`warning`"),
    "campaign_status_show": ("Which clients the table shows: `attention`, `all`.", "`attention`"),
    "campaign_status_check_nodes": ("With `-e`: also ask the engines when the nodes were started.", "`false`"),
    "campaign_status_timeout": ("Seconds for all requests to one client.", "`5`"),
    "campaign_status_long_after": ("Days until a campaign without a planned end is a warning.", "`7`"),
    "campaign_status_hook": ("Path of a task file that is included if a client needs attention.", "none"),
}
# What Ansible exits with, and what it means here.
EXIT = {
    "0": "Every client is done.",
    "2": "At least one client failed. The others were handled.",
    "4": "At least one host could not be reached.",
}
STATUS_EXIT = {"0": "No client is at or above `campaign_status_fail_at`.", "2": "At least one client is."}


@dataclass(frozen=True)
class Playbook:
    """One playbook; `role` and `entry` name the role of which it takes the variables."""

    summary: str
    own: dict[str, tuple[str, str]] = field(default_factory=dict)
    role: str = ""
    entry: str = ""
    restarts: bool = False
    exits: dict[str, str] = field(default_factory=lambda: EXIT)
    not_taken: tuple[str, ...] = ()
    writes: bool = False


PLAYBOOKS = {
    "settings": Playbook(
        "Declare the settings of clients, and restart Coreapps where that is needed.",
        {"wabiz_onprem_settings": ("The settings to declare.", "`{}`")},
        "application_settings",
        "main",
        restarts=True,
        not_taken=("application_settings_desired",),
        writes=True,
    ),
    "reset": Playbook(
        "Reset settings to the documented defaults.",
        {
            "wabiz_onprem_reset": ("Names of the settings, or `all`.", "**required**"),
            "wabiz_onprem_allow_webhook_loss": ("Whether the webhook URL may be removed.", "`false`"),
        },
        "application_settings",
        "reset",
        restarts=True,
        not_taken=("application_settings_reset", "application_settings_allow_webhook_loss"),
        writes=True,
    ),
    "campaign_begin": Playbook("Begin a campaign.", {}, "campaign_mode", "begin", restarts=True, writes=True),
    "campaign_end": Playbook("End a campaign.", {}, "campaign_mode", "end", restarts=True, writes=True),
    "campaign_sweep": Playbook(
        "End campaigns that are past their planned end, and repair what disagrees.",
        {
            "campaign_sweep_hook": ("Path of a task file that is included if anything was ended or failed.", "none"),
            "wabiz_onprem_show": WRITING["wabiz_onprem_show"],
        },
        "campaign_mode",
        "sweep",
        restarts=True,
    ),
    "restart": Playbook(
        "Perform pending restarts, one node at a time.",
        {},
        "coreapp",
        "restart",
        not_taken=("coreapp_restart",),
        writes=True,
    ),
    "nodes": Playbook("Show the nodes and the order in which they would be restarted.", {}, "coreapp", "show"),
    "campaign_status": Playbook("Show the fleet status as a table, and as JSON.", STATUS, exits=STATUS_EXIT),
    "report": Playbook(
        "Write the fleet status as one HTML file.",
        {
            "campaign_report_html": ("Path of the HTML page on the controller.", "`wabiz-onprem-report.html`"),
            **{name: row for name, row in STATUS.items() if name != "campaign_status_html"},
        },
        exits=STATUS_EXIT,
    ),
    "collect_garbage": Playbook(
        "Start garbage collection by hand.",
        {
            "wabiz_onprem_collect": ("What to collect: a list of `messages` and `media`.", "`[messages, media]`"),
            "wabiz_onprem_state_host": ("The inventory host that calls the API.", "the client's host"),
        },
        writes=True,
    ),
}

HEAD = """<!--
SPDX-FileCopyrightText: 2026 wabiz.onprem contributors
SPDX-License-Identifier: GPL-3.0-or-later
Made by tests/tools/pages.py from tests/tools/playbooks_page.py and roles/*/meta/argument_specs.yml
-->

# Playbooks, variables and exit statuses

Run each playbook by its name: `ansible-playbook -i inventory.yml wabiz.onprem.settings`. Give a variable in the inventory or
with `-e`. All playbooks take the connection of a client from `wabiz_onprem_api_url`, `wabiz_onprem_password` and the other
connection options of the modules, prefixed with `wabiz_onprem_`. Ansible itself adds exit status 1 for an error of the
controller, 5 for wrong options, and 250 for a defect.

"""


def _options(role: str, entry: str) -> dict[str, Any]:
    specs = yaml.safe_load((ROOT / "roles" / role / "meta" / "argument_specs.yml").read_text(encoding="utf-8"))
    options: dict[str, Any] = specs["argument_specs"][entry].get("options") or {}
    return options


def _meaning(option: dict[str, Any]) -> str:
    text = option["description"]
    text = " ".join(text) if isinstance(text, list) else str(text)
    text = re.sub(r"[A-Z]+\(([^()]*?)(?:#\w+)*(?::[\w.]+)?\)", r"`\1`", " ".join(text.split()))
    return text.replace("|", "\\|")


def _default(option: dict[str, Any]) -> str:
    if option.get("required"):
        return "**required**"
    value = option.get("default")
    if value in (None, ""):
        return "none"
    return f"`{str(value).lower() if isinstance(value, bool) else value}`"


def _rows(options: dict[str, Any], playbook: Playbook) -> list[str]:
    return [
        f"| `{name}` | {_meaning(option)} | {_default(option)} |"
        for name, option in options.items()
        if name not in playbook.not_taken
    ]


TABLE = "| variable | meaning | default |\n|---|---|---|"


def page() -> str:
    """The whole page."""
    parts = [HEAD + "| playbook | what it does |\n|---|---|"]
    parts += [f"| [`{name}`](#{name}) | {one.summary} |" for name, one in PLAYBOOKS.items()]
    for name, one in PLAYBOOKS.items():
        own = {**ALL, **(WRITING if one.writes else {}), **one.own}
        parts += [f"\n## {name}\n\n{one.summary}\n", TABLE]
        parts += [f"| `{variable}` | {meaning} | {default} |" for variable, (meaning, default) in own.items()]
        if one.role:
            parts += _rows(_options(one.role, one.entry), one)
        if one.restarts:
            parts.append("\nAlso the [variables of restarts](#restart), which begin with `coreapp_`.")
        if name == "nodes":
            parts.append("\nAlso the [variables of restarts](#restart) that say where the nodes are.")
        parts.append("\n| exit status | meaning |\n|---|---|")
        parts += [f"| {status} | {meaning} |" for status, meaning in one.exits.items()]
    return "\n".join(parts) + "\n"
