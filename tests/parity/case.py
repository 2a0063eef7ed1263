# SPDX-FileCopyrightText: 2026 wabiz.onprem contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""What a case is: a task with its surroundings, run against a fresh client."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from emulator.testing import Client

SETTINGS = "application_settings"
PASSWORD = "Password-SECRET-1"
WEBHOOK = "https://hooks:user-SECRETinfo@hooks.example.com/in?key=query-SECRETvalue&v=1"
OTHER_WEBHOOK = "https://hooks.example.com/in?key=another-SECRETvalue&v=1"

# How an execution as a module is recognised: Ansible shows at -vvv which file it sends, and that it runs a command.
MODULE_MARKERS = ("Using module file", "EXEC /bin/sh")

Tasks = list[dict[str, Any]]


def _nothing(client: Client) -> None:
    """The client is as it comes."""


@dataclass(frozen=True)
class Case:
    """A task, and what differs around it.

    :arg args: of the module; the connection options are added, a value of None takes one of them away.
    :arg task: keywords of the task; they override the defaults (`ignore_errors: true`).
    :arg play: keywords of its play.
    :arg host: variables of its host.
    :arg options: how the emulated client is set up.
    :arg prepare: what is done to the client before.
    :arg first: tasks before the one that counts, with the same entry point.
    :arg then: tasks after it.
    :arg expect: parts of the result that must be there, so that two equal failures are not taken for two successes.
    :arg in_process: whether it may run in the controller's process at all.
    :arg refused_before: whether the controller refuses it before it would travel as a module.
    :arg may_differ: top-level parts of the result that Ansible itself makes different; described in docs/in_process.md.
        With `attempts` so does how often it was tried: a busy machine has not finished what another one has.
    :arg goes_on: whether the module goes on when its task is over. Its logout is waited for, and what it did is not compared.
    """

    name: str
    module: str = SETTINGS
    args: Mapping[str, Any] = field(default_factory=dict)
    task: Mapping[str, Any] = field(default_factory=dict)
    play: Mapping[str, Any] = field(default_factory=dict)
    host: Mapping[str, Any] = field(default_factory=dict)
    options: Mapping[str, Any] = field(default_factory=dict)
    prepare: Callable[[Client], None] = _nothing
    first: Tasks = field(default_factory=list)
    then: Tasks = field(default_factory=list)
    expect: Mapping[str, Any] = field(default_factory=dict)
    in_process: bool = True
    may_differ: tuple[str, ...] = ()
    refused_before: bool = False
    same_text: bool = True
    goes_on: bool = False


CONNECTION = {
    "api_url": "{{ api_url }}",
    "password": "{{ password }}",
    "ca_path": "{{ ca_path }}",
    "retry_timeout": 0,
}


def _args(args: Mapping[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in {**CONNECTION, **args}.items() if value is not None}


def the_task(case: Case) -> dict[str, Any]:
    """The task of a case, as in a playbook."""
    module = f"wabiz.onprem.{case.module}"
    return {"name": "The case", module: _args(case.args), "ignore_errors": True, **case.task}


def other_task(task: Mapping[str, Any]) -> dict[str, Any]:
    """A task before or after it; it is given the connection as well."""
    full = {"name": "Beside the case", **task}
    for name in task:
        prefix = name.rpartition(".")[0]
        if prefix == "wabiz.onprem":
            full[name] = _args(task[name])
    return full


def fault(**order: Any) -> Callable[[Client], None]:
    """A client that was given this order."""
    return lambda client: client.order_fault(**order)
