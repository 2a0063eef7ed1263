# Copyright (c) 2026, wabiz.onprem contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-FileCopyrightText: 2026 wabiz.onprem contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""The closing table of a shipped playbook, on the controller, once for all clients."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from ansible import constants as C
from ansible import context
from ansible.plugins.action import ActionBase
from ansible.utils.display import Display

from ansible_collections.wabiz.onprem.plugins.plugin_utils import run_summary, sweep_summary
from ansible_collections.wabiz.onprem.plugins.plugin_utils.in_process import from_others, plain

OPTIONS: dict[str, dict[str, Any]] = {
    "show": {"type": "str", "choices": ["changes", "all"], "default": "changes"},
    "max_fail_percentage": {"type": "float", "default": 100},
}
COLOURS = {
    run_summary.FAILED: C.COLOR_ERROR,
    run_summary.PENDING: C.COLOR_WARN,
    run_summary.CHANGED: C.COLOR_CHANGED,
    run_summary.UNCHANGED: C.COLOR_OK,
}

display = Display()


class ActionModule(ActionBase):
    _supports_check_mode = True
    _requires_connection = False

    def run(self, tmp: str | None = None, task_vars: dict[str, Any] | None = None) -> dict[str, Any]:
        result: dict[str, Any] = super().run(tmp, task_vars)
        del tmp
        _dummy, options = self.validate_argument_spec(argument_spec=OPTIONS)
        variables = task_vars or {}
        everyone, alive = (plain(variables[one]) for one in ("ansible_play_hosts_all", "ansible_play_hosts"))
        batch, living = set(plain(variables["ansible_play_batch"])), set(alive)
        clients, swept, later, ran = [], [], [], False
        for name in everyone:
            results = _registered(variables["hostvars"], name)
            ran = ran or bool(results) or name not in living
            if name in living and name not in batch and not results:
                later.append(name)
            else:
                client = run_summary.judge(name, results, name not in living, self._task.check_mode)
                clients.append(client)
                swept.append(sweep_summary.swept(client, results))
        if not ran and run_summary.leaves_tasks_out(context.CLIARGS):
            return dict(result, failed=True, msg=run_summary.NOTHING_RAN)
        failed = [one.name for one in clients if one.outcome == run_summary.FAILED]
        too_many = bool(later) and len(failed) * 100 > options["max_fail_percentage"] * len(everyone)
        if later and batch and not too_many:
            text = f"{len(clients)} of {len(everyone)} clients are done, {len(failed)} failed."
            display.display(text)
            return dict(result, changed=False)
        command = run_summary.command(context.CLIARGS, failed + later, everyone)
        for line in run_summary.lines(clients, command, options["show"] == "all"):
            display.display(line.text, color=COLOURS.get(line.outcome))
        if later:
            display.display(f"{len(later)} clients were not begun.")
        if too_many:
            problem = (
                f"{len(failed)} of {len(everyone)} clients failed, more than wabiz_onprem_max_fail_percentage allows."
            )
            return from_others(dict(result, failed=True, msg=problem))
        return from_others(dict(result, changed=False, sweep=sweep_summary.found(swept)))


def _registered(hostvars: Any, name: str) -> dict[str, Any]:
    """What the roles have registered for a host. Raw, as the templates of a host's other variables cost much."""
    values = hostvars.raw_get(name)
    return {
        one: plain(values[one])
        for one in run_summary.REGISTERED
        if isinstance(values.get(one), Mapping) and not values[one].get("skipped")
    }
