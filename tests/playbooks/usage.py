# SPDX-FileCopyrightText: 2026 wabiz.onprem contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""The table of what users put around roles and playbooks, and what comes of it. A page of the docs is made from it."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

DONE, REFUSED, UNTOUCHED, NOT_APPLICABLE = "done", "refused", "untouched", "-"


@dataclass(frozen=True)
class Subject:
    """A role's entry point or a shipped playbook: in which state it finds a client, and how it leaves it."""

    name: str
    before: str
    after: str
    variables: dict[str, Any] = field(default_factory=dict)

    @property
    def is_role(self) -> bool:
        return " " in self.name


@dataclass(frozen=True)
class Usage:
    """What is put around it. ``roles`` and ``playbooks``: what comes of it, for each client of the play; none: not applicable.

    :arg play: keywords of the play.
    :arg step: keywords of the task that imports the role.
    :arg env: the configuration of the run, which is how a playbook gets it.
    :arg arguments: of the command line, for playbooks.
    :arg bad: the first client has a wrong password.
    """

    name: str
    title: str
    roles: tuple[str, ...] = (DONE,)
    playbooks: tuple[str, ...] = ()
    note: str = ""
    play: dict[str, Any] = field(default_factory=dict)
    step: dict[str, Any] = field(default_factory=dict)
    env: dict[str, str] = field(default_factory=dict)
    arguments: tuple[str, ...] = ()
    bad: bool = False

    def outcome(self, subject: Subject) -> tuple[str, ...]:
        return self.roles if subject.is_role else self.playbooks


SALE = {"campaign_mode_name": "sale"}
PERSIST = {"callback_persist": False}
SUBJECTS = (
    Subject("application_settings main", "fresh", "persist", {"application_settings_desired": PERSIST}),
    Subject("application_settings reset", "stored", "reset", {"application_settings_reset": ["callback_persist"]}),
    Subject("campaign_mode begin", "fresh", "held", SALE),
    Subject("campaign_mode end", "campaign", "released", SALE),
    Subject("campaign_mode sweep", "overdue", "released"),
    Subject("coreapp restart", "pending", "persist"),
    Subject("coreapp show", "pending", "as before"),
    Subject("settings", "fresh", "persist", {"wabiz_onprem_settings": PERSIST}),
    Subject("reset", "stored", "reset", {"wabiz_onprem_reset": ["callback_persist"]}),
    Subject("campaign_begin", "fresh", "held", SALE),
    Subject("campaign_end", "campaign", "released", SALE),
    Subject("campaign_sweep", "overdue", "released"),
    Subject("restart", "pending", "persist"),
    Subject("nodes", "pending", "as before"),
    Subject("campaign_status", "fresh", "as before", {"campaign_status_fail_at": "never"}),
    Subject(
        "report", "fresh", "as before", {"campaign_status_fail_at": "never", "campaign_report_html": "report.html"}
    ),
    Subject("collect_garbage", "fresh", "collected"),
)

USAGES = (
    Usage("plain", "nothing", playbooks=(DONE,)),
    Usage(
        "delegate_to",
        "`delegate_to` around the role",
        (REFUSED,),
        note="The variable `wabiz_onprem_state_host` says where the ledger is.",
        step={"delegate_to": "localhost"},
    ),
    Usage("apply", "`apply: {delegate_to: ...}` of `include_role`", (REFUSED,), note="The same.", step={"apply": True}),
    Usage(
        "run_once",
        "`run_once`",
        (DONE, UNTOUCHED),
        note="As Ansible means it: the first client alone.",
        step={"run_once": True},
    ),
    Usage("serial", "`serial: 1`", (DONE, DONE), play={"serial": 1}),
    Usage(
        "free",
        "strategy `free`",
        (DONE, DONE),
        (DONE, DONE),
        play={"strategy": "free"},
        env={"ANSIBLE_STRATEGY": "free"},
    ),
    Usage(
        "host_pinned",
        "strategy `host_pinned`",
        (DONE, DONE),
        (DONE, DONE),
        play={"strategy": "host_pinned"},
        env={"ANSIBLE_STRATEGY": "host_pinned"},
    ),
    Usage(
        "any_errors_fatal",
        "`any_errors_fatal`, one of two clients fails",
        (UNTOUCHED, UNTOUCHED),
        (UNTOUCHED, DONE),
        note="A play of your own stops before anything is written. The playbooks have their own policy.",
        play={"any_errors_fatal": True},
        env={"ANSIBLE_ANY_ERRORS_FATAL": "true"},
        bad=True,
    ),
    Usage(
        "ignore_errors",
        "`ignore_errors`, one of two clients fails",
        (UNTOUCHED, DONE),
        step={"ignore_errors": True},
        bad=True,
    ),
    Usage(
        "force_handlers",
        "`force_handlers`",
        playbooks=(DONE,),
        play={"force_handlers": True},
        env={"ANSIBLE_FORCE_HANDLERS": "true"},
    ),
    Usage(
        "check_mode",
        "`check_mode` of the task, or `--check`",
        (UNTOUCHED,),
        (UNTOUCHED,),
        step={"check_mode": True},
        arguments=("--check",),
    ),
    Usage("module_defaults", "the connection in `module_defaults`"),
    Usage("vaulted", "vaulted credentials and settings", playbooks=(DONE,)),
    Usage("omit", "variables that are `omit`", playbooks=(DONE,)),
)


def cells() -> Iterator[tuple[Usage, Subject]]:
    """Each cell to which the keyword applies."""
    yield from ((usage, subject) for usage in USAGES for subject in SUBJECTS if usage.outcome(subject))


def short() -> list[tuple[Usage, Subject]]:
    """A sample: each keyword around one role, and each role with two of them."""
    roles = [subject for subject in SUBJECTS if subject.is_role]
    return [(usage, roles[number % len(roles)]) for number, usage in enumerate(USAGES) if not usage.bad]


HEAD = """<!--
SPDX-FileCopyrightText: 2026 wabiz.onprem contributors
SPDX-License-Identifier: GPL-3.0-or-later
Made by tests/tools/pages.py from tests/playbooks/usage.py
-->

# Keywords of Ansible around roles and playbooks

Each line is tested against emulated clients (`tests/playbooks/test_usage.py`). Two outcomes are those of two clients of one
play.

| | |
|---|---|
| done | the client is as it should be, and no restart is pending |
| refused | an error with an explanation before the first request |
| untouched | nothing was written to the client, none of its nodes was restarted, and the ledger records the same as before |

A playbook is imported and takes no such keywords; what is shown for it comes from the configuration (`ANSIBLE_STRATEGY`,
`ANSIBLE_ANY_ERRORS_FATAL`, `ANSIBLE_FORCE_HANDLERS`), from the command line or from variables.

| around it | role or playbook | outcome |
|---|---|---|
"""


def page() -> str:
    lines = []
    for usage, subject in cells():
        named = f"role `{subject.name.replace(' ', '` `')}`" if subject.is_role else f"playbook `{subject.name}`"
        lines.append(f"| {usage.title} | {named} | {', '.join(usage.outcome(subject))} |")
    notes = [f"- {usage.title}: {usage.note}" for usage in USAGES if usage.note]
    return HEAD + "\n".join(lines) + "\n\n" + "\n".join(notes) + "\n"
