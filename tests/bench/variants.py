# SPDX-FileCopyrightText: 2026 wabiz.onprem contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""The table of what is measured."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

PLAYBOOKS = Path(__file__).resolve().parent / "playbooks"


@dataclass(frozen=True)
class Variant:
    """One way to do the task.

    :arg way: which line of the plot it belongs to.
    :arg requests: how many requests each client must see; the run is worth nothing if it does not.
    :arg writes: how many of them write.
    :arg slow: a way that starts processes on the target; measured less often in large fleets.
    """

    name: str
    way: str
    playbook: str  # a file of playbooks/, or the name of a shipped one
    requests: int = 0
    writes: int = 0
    in_process: bool = True
    credential: str = "password"
    changes: bool = False
    slow: bool = False

    @property
    def path(self) -> str:
        """What ansible-playbook is given."""
        return str(PLAYBOOKS / self.playbook) if self.playbook.endswith(".yml") else self.playbook


DEBUG = "debug"
IN_PROCESS = "in process"
MODULE = "module"
BY_HAND = "uri"

ROLE = "role"
CAMPAIGN_BY_HAND = "uri and copy"

WAYS = {
    DEBUG: "an empty `debug` task",
    IN_PROCESS: "`application_settings`, in process",
    MODULE: "`application_settings`, as a module",
    BY_HAND: "`ansible.builtin.uri`, by hand",
    ROLE: "campaign begin, shipped playbook",
    CAMPAIGN_BY_HAND: "campaign begin, `uri` and `copy`",
}

SETTINGS = (
    Variant("debug", DEBUG, "debug.yml"),
    Variant("in process, unchanged", IN_PROCESS, "settings.yml", 3),
    Variant("in process, settings from a variable", IN_PROCESS, "settings_variable.yml", 3),
    Variant("in process, changed", IN_PROCESS, "settings_variable.yml", 5, 1, changes=True),
    Variant("in process, token, unchanged", IN_PROCESS, "settings.yml", 1, credential="token"),
    Variant("in process, token, changed", IN_PROCESS, "settings_variable.yml", 3, 1, credential="token", changes=True),
    Variant("module, unchanged", MODULE, "settings.yml", 3, in_process=False, slow=True),
    Variant("module, changed", MODULE, "settings_variable.yml", 5, 1, in_process=False, changes=True, slow=True),
    Variant("uri, unchanged", BY_HAND, "uri.yml", 3, slow=True),
    Variant("uri, changed", BY_HAND, "uri.yml", 4, 1, changes=True, slow=True),
    Variant("uri, token, unchanged", BY_HAND, "uri_token.yml", 1, credential="token", slow=True),
)
CAMPAIGN = (
    Variant("campaign begin, role", ROLE, "wabiz.onprem.campaign_begin", 3),
    Variant("campaign begin, by hand", CAMPAIGN_BY_HAND, "campaign_by_hand.yml", 3, slow=True),
)
ALL = SETTINGS + CAMPAIGN
