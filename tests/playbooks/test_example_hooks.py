# SPDX-FileCopyrightText: 2026 wabiz.onprem contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""docs/examples: the hooks send what was found, whatever it contains; garbage is collected only where a campaign is on."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from playbooks.broken_fleet import HOSTILE, PAST, Fleet, in_campaign, pending_restart, variables
from playbooks.receiver import Receiver, receiving

from emulator.testing import Emulator

EXAMPLES = Path(__file__).resolve().parents[2] / "docs" / "examples"
OFF = {"garbagecollector_enable": {"messages": False}}
COLLECT = "/v1/services/message/gc"

# Stands in for the module of community.general, with the options of it that the example uses; it keeps what it was to send.
MAILER = """
from ansible.module_utils.basic import AnsibleModule

to = dict(type="list", elements="str")
module = AnsibleModule(dict(host={}, port=dict(type="int"), sender={}, to=to, subject={}, body={}))
with open("%s", "a") as box:
    box.write(module.jsonify(module.params) + "\\n")
module.exit_json(changed=True)
"""


class Outside:
    """A chat, a mailbox, and a hook that sends to both."""

    def __init__(self, folder: Path, chat: Receiver, ca_path: str) -> None:
        self.chat, self._box = chat, folder / "mails"
        module = folder / "collections/ansible_collections/community/general/plugins/modules/mail.py"
        module.parent.mkdir(parents=True)
        module.write_text(MAILER % self._box)
        self.hook = folder / "both.yml"
        files = [str(EXAMPLES / "hooks" / name) for name in ("mail.yml", "chat.yml")]
        self.hook.write_text(json.dumps([{"name": "Report", "ansible.builtin.include_tasks": file} for file in files]))
        self.variables = {
            "hook_mail_to": "ops@example.com",
            "hook_chat_url": chat.url("S3cR3t"),
            "hook_chat_ca_path": ca_path,
        }
        self.collections = str(folder / "collections")

    def mails(self) -> list[dict[str, Any]]:
        return [json.loads(line) for line in self._box.read_text().splitlines()]

    def said(self) -> list[str]:
        return [json.loads(body)["text"] for body in self.chat.bodies]


@pytest.fixture
def outside(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Outside]:
    with receiving(tmp_path) as (chat, ca_path):
        made = Outside(tmp_path, chat, ca_path)
        yield made


@pytest.fixture
def fleet(emulator: Emulator, tmp_path: Path) -> Iterator[Fleet]:
    made = Fleet(emulator, tmp_path)
    yield made
    made.remove()


@pytest.fixture
def report(fleet: Fleet, outside: Outside, monkeypatch: pytest.MonkeyPatch) -> Callable[..., str]:
    """Runs a playbook with the hook, and returns what was printed."""
    from playbooks import helpers

    searched = helpers.environment(fleet.folder)["ANSIBLE_COLLECTIONS_PATH"]
    monkeypatch.setenv("ANSIBLE_COLLECTIONS_PATH", f"{searched}:{outside.collections}")

    def run(playbook: str, **more: Any) -> str:
        hook = {f"{playbook}_hook": str(outside.hook)}
        return fleet.run(playbook=f"wabiz.onprem.{playbook}", **hook, **outside.variables, **more).output

    return run


def is_harmless(text: str, *, of_a_chat: bool) -> bool:
    return (
        all(letter.isprintable() or letter == "\n" for letter in text)
        and not (of_a_chat and set(text) & set("<>@&`"))
        and "{{ 6 * 7 }}" in text
    )


def test_the_sweep(fleet: Fleet, outside: Outside, report: Callable[..., str]) -> None:
    fleet.add("a-bad", variables(wabiz_onprem_password="Wr0ng-1"))
    fleet.add("b-ends", in_campaign(HOSTILE, PAST), settings=OFF)
    fleet.hosts["b-ends"].update(coreapp_restart="defer")
    output = report("campaign_sweep")
    (mail,), (said,) = outside.mails(), outside.said()
    assert mail["to"] == ["ops@example.com"]
    assert mail["subject"] == "Campaigns: 1 clients failed, 1 with campaigns that were ended, 0 repaired"
    for text in (mail["body"], said):
        bad, ends = text.strip().split("\n")
        assert bad.startswith("a-bad: failed: Could not log in as admin of a-bad (https://")
        assert ends.startswith("b-ends: ended: ") and "second\u240dline" in ends
    assert is_harmless(mail["body"], of_a_chat=False) and is_harmless(said, of_a_chat=True)
    assert "S3cR3t" not in output


def test_the_status_sends_only_what_is_new(fleet: Fleet, outside: Outside, report: Callable[..., str]) -> None:
    fleet.add("a-fine")
    fleet.add("b-hostile", in_campaign(HOSTILE, PAST), settings=OFF)
    fleet.add("c-away", variables(wabiz_onprem_api_url="https://127.0.0.1:1/x"))
    for _again in range(2):
        output = report("campaign_status", campaign_status_json=str(fleet.folder / "status.json"))
        assert "S3cR3t" not in output.replace("S3cR3t-1", "")
    (mail,), (said,) = outside.mails(), outside.said()
    assert mail["subject"] == "Clients: 2 critical, 0 with a warning"
    for text in (mail["body"], said):
        hostile, away = text.strip().split("\n")
        assert hostile.startswith("b-hostile: critical: Campaign ")
        assert away.startswith("c-away: critical: ") and "connection was refused" in away
    assert is_harmless(mail["body"], of_a_chat=False) and is_harmless(said, of_a_chat=True)


def test_garbage_is_collected_where_a_campaign_is_on(fleet: Fleet) -> None:
    fleet.add("a-campaign", in_campaign("sale"), settings=OFF)
    fleet.add("b-none")
    fleet.add("c-over", pending_restart, settings=OFF)
    run = fleet.run(playbook=str(EXAMPLES / "schedules" / "collect_during_campaigns.yml"))
    assert run.ok
    collected = {
        name: [call["path"] for call in client.calls() if "/gc" in call["path"]]
        for name, client in fleet.clients.items()
    }
    assert collected == {"a-campaign": [COLLECT], "b-none": [], "c-over": []}
