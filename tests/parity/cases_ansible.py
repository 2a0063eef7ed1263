# SPDX-FileCopyrightText: 2026 wabiz.onprem contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""What Ansible itself does around a task: it must mean the same through both entry points. And the gates between them."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from .case import PASSWORD, Case, fault
from .cases_settings import CHANGED, FAILED, PATH, UNCHANGED

FAKE_SUDO = str(Path(__file__).resolve().parent / "plugins" / "sudo")
DEFAULTS: dict[str, Any] = {
    "group/wabiz.onprem.api": {
        "api_url": "{{ api_url }}",
        "password": "{{ password }}",
        "ca_path": "{{ ca_path }}",
    }
}
BARE = {"api_url": None, "password": None, "ca_path": None, "retry_timeout": None}
PERSIST = {"callback_persist": False}
# What Ansible says about a job beside the module's result: its number and file.
JOB = ("ansible_job_id", "results_file")
# Ansible notes for a module alone that no traceback is at hand, in what callbacks hear of a try.
RETRY = ("exception",)


class Vaulted(str):
    """A value that is in the playbook encrypted."""

    __slots__ = ()


KEYWORDS = (
    Case(
        "no_log", args={**PERSIST, "webhooks": {"url": "{{ webhook }}"}}, task={"no_log": True, "diff": True}, expect={}
    ),
    Case("no_log and a failure", args={"password": "{{ wrong_password }}"}, task={"no_log": True}),
    Case(
        "a loop",
        args={"settings": "{{ item }}"},
        task={"loop": [{"callback_persist": False}, {"callback_persist": False}, {"log_level": "loud"}]},
        expect=FAILED,
    ),
    Case(
        "a loop over names of secrets",
        args={"webhooks": {"url": "{{ lookup('vars', item) }}"}},
        task={"loop": ["webhook", "other_webhook"], "diff": True},
        expect=CHANGED,
    ),
    Case(
        "registered, used again",
        args=PERSIST,
        task={"register": "outcome"},
        then=[
            {"ansible.builtin.debug": {"var": "outcome"}},
            {"wabiz.onprem.application_settings": {"settings": "{{ outcome.settings }}"}, "diff": True},
        ],
        expect=CHANGED,
    ),
    Case(
        "tried again until it works",
        args=PERSIST,
        task={"register": "outcome", "retries": 3, "delay": 0, "until": "outcome is succeeded"},
        prepare=fault(kind="status", method="GET", path=PATH, status=503, times=2),
        expect=CHANGED,
        may_differ=RETRY,
    ),
    Case(
        "tried again in vain",
        args=PERSIST,
        task={"register": "outcome", "retries": 1, "delay": 0, "until": "outcome is succeeded"},
        prepare=fault(kind="status", method="GET", path=PATH, status=503, times=0),
        expect=FAILED,
        may_differ=RETRY,
    ),
    Case(
        "changed_when and failed_when",
        args=PERSIST,
        task={"changed_when": False, "failed_when": False},
        expect=UNCHANGED,
    ),
    Case("skipped", args=PERSIST, task={"when": False}, expect={}),
    Case("defaults of the action group", args={**BARE, **PERSIST}, play={"module_defaults": DEFAULTS}, expect=CHANGED),
    Case(
        "a default taken back",
        args={**BARE, **PERSIST, "password": "{{ omit }}"},
        play={"module_defaults": DEFAULTS},
        expect=FAILED,
    ),
    Case(
        "templated values",
        args={"callback_backoff_delay_ms": "{{ 3000 + 500 }}", "callback_persist": "{{ 1 == 2 }}"},
        expect=CHANGED,
    ),
    Case("a vaulted password", args={"password": Vaulted(PASSWORD), **PERSIST}, expect=CHANGED),
    Case(
        "a vaulted webhook",
        args={"webhooks": {"url": Vaulted("https://h.example.com/?k=vault-SECRETvalue")}},
        task={"diff": True},
    ),
    Case(
        "short names",
        module="application_settings",
        play={"collections": ["wabiz.onprem"]},
        args=PERSIST,
        expect=CHANGED,
    ),
    Case("a whole play in check mode", args=PERSIST, play={"check_mode": True}, expect=CHANGED),
    Case(
        "a text for a switch",
        args=PERSIST,
        host={"wabiz_onprem_in_process": "{{ entry_point | string }}"},
        expect=CHANGED,
    ),
    Case("delegated to the controller", args=PERSIST, task={"delegate_to": "localhost"}, expect=CHANGED),
)

# In a run of its own: nothing follows it.
ENDING = (
    Case("a failure that ends the play", args={"log_level": "loud"}, task={"ignore_errors": False}, expect=FAILED),
)

GATES = (
    # In process the task ends with its request, and logs out; a module is left behind, and goes on. A play that ended right
    # after it would end it too, now and then: from ansible-core 2.19 on, workers that are not gone yet are ended with all
    # that they have started.
    Case(
        "a time limit of the task",
        args=PERSIST,
        task={"timeout": 4},
        then=[{"ansible.builtin.debug": {"msg": "{{ lookup('ansible.builtin.pipe', 'sleep 3 && echo Slept') }}"}}],
        prepare=fault(kind="delay", method="GET", path=PATH, seconds=8),
        expect=FAILED,
        may_differ=("exception", "timedout"),
        same_text=False,
        goes_on=True,
    ),
    Case(
        "become",
        args=PERSIST,
        task={"become": True},
        host={"ansible_become_exe": FAKE_SUDO},
        in_process=False,
        expect=CHANGED,
    ),
    Case(
        "become of the play",
        args=PERSIST,
        play={"become": True},
        host={"ansible_become_exe": FAKE_SUDO},
        in_process=False,
        expect=CHANGED,
    ),
    Case("become switched off again", args=PERSIST, play={"become": True}, task={"become": False}, expect=CHANGED),
    Case("an environment", args=PERSIST, task={"environment": {"LANG": "C"}}, in_process=False, expect=CHANGED),
    Case(
        "an environment of the play",
        args=PERSIST,
        play={"environment": {"LANG": "C"}},
        in_process=False,
        expect=CHANGED,
    ),
    Case("an empty environment", args=PERSIST, task={"environment": {}}, expect=CHANGED),
    Case(
        "an environment that connects",
        args={"ca_path": None, **PERSIST},
        task={"environment": {"WABIZ_ONPREM_CA_PATH": "{{ ca_path }}"}},
        in_process=False,
        expect=CHANGED,
    ),
    Case("another machine", args=PERSIST, host={"ansible_connection": "not_local"}, in_process=False, expect=CHANGED),
    Case(
        "another machine, delegated to the controller",
        args=PERSIST,
        task={"delegate_to": "localhost"},
        host={"ansible_connection": "not_local"},
        expect=CHANGED,
    ),
    Case(
        "in the background",
        args=PERSIST,
        task={"async": 30, "poll": 1},
        in_process=False,
        may_differ=JOB,
        expect=CHANGED,
    ),
    Case(
        "in the background, looked at later",
        args=PERSIST,
        task={"async": 30, "poll": 0, "register": "job"},
        then=[
            {
                "ansible.builtin.async_status": {"jid": "{{ job.ansible_job_id }}"},
                "register": "job_result",
                "until": "job_result is finished",
                "retries": 60,
                "delay": 1,
            }
        ],
        in_process=False,
        may_differ=(*JOB, "attempts"),
        same_text=False,  # how often it is looked at
    ),
)
