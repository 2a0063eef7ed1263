# Copyright (c) 2026, wabiz.onprem contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-FileCopyrightText: 2026 wabiz.onprem contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Restarts the nodes of one client, one after another, where they and the ledger are on the machine of this task."""

from __future__ import annotations

import time
from collections.abc import Mapping
from typing import Any

from ansible.errors import AnsibleConnectionFailure, AnsibleError
from ansible.plugins.action import ActionBase
from ansible.utils.display import Display

from ansible_collections.wabiz.onprem.plugins.module_utils._common.text import harmless
from ansible_collections.wabiz.onprem.plugins.plugin_utils.in_process import from_others, plain
from ansible_collections.wabiz.onprem.plugins.plugin_utils.running import with_defaults

OPTIONS: dict[str, dict[str, Any]] = {
    "plan": {"type": "dict", "required": True},
    "found": {"type": "dict", "required": True},
    "restart": {"type": "dict", "required": True},
    "record": {"type": "dict", "required": True},
}
COMMANDS = ("restart_command", "started_command")

display = Display()


class ActionModule(ActionBase):
    _supports_check_mode = True
    _supports_async = False

    def run(self, tmp: str | None = None, task_vars: dict[str, Any] | None = None) -> dict[str, Any]:
        result: dict[str, Any] = super().run(tmp, task_vars)
        del tmp
        self.variables = task_vars or {}
        _dummy, options = self.validate_argument_spec(argument_spec=OPTIONS)
        return dict(result, **from_others(self.perform({name: plain(value) for name, value in options.items()})))

    def perform(self, options: Mapping[str, Any]) -> dict[str, Any]:
        """Restart what the plan says, up to the first failure; the answer of the last record, and the nodes restarted."""
        found = {one["name"]: one for one in options["found"]["nodes"]}
        last, restarted = options["plan"], []
        while last.get("next") and not last.get("superseded"):
            name, began = last["next"], time.monotonic()
            values = dict(options["restart"], node=found[name], **self._commands(name, found[name]))
            answer = self._run("wabiz.onprem.coreapp_node", values)
            values = dict(options["record"], step="next", node=name, result=answer)
            last = self._run("wabiz.onprem.rolling_restart", values)
            if last.get("failed") or last.get("unreachable"):
                break
            restarted.append(name)
            self._show(name, last, time.monotonic() - began)
        return dict(last, changed=bool(restarted), restarted=restarted)

    def _commands(self, name: str, details: Mapping[str, Any]) -> dict[str, Any]:
        """The commands of the strategy ``command``, which name the node at hand."""
        # Names come from engines: they may be put into a command, and never be evaluated themselves.
        node = from_others({"coreapp_node": name, "coreapp_node_details": details})
        variables = dict(self.variables, **node)
        templar = self._templar.copy_with_new_env(available_variables=variables)
        return {one: plain(templar.template(self.variables.get(f"coreapp_{one}") or [])) for one in COMMANDS}

    def _run(self, module: str, options: Mapping[str, Any]) -> dict[str, Any]:
        """What another action of this collection returns; a machine that cannot be reached is a result as well."""
        task = self._task.copy()
        given = {name: value for name, value in options.items() if value is not None}
        task.action = module
        task.args = with_defaults(module, given, task, self._templar)
        try:
            handler = self._shared_loader_obj.action_loader.get(
                module,
                task=task,
                connection=self._connection,
                play_context=self._play_context,
                loader=self._loader,
                templar=self._templar,
                shared_loader_obj=self._shared_loader_obj,
            )
            answer: dict[str, Any] = plain(handler.run(task_vars=self.variables))
            return answer
        except AnsibleConnectionFailure as error:
            return {"unreachable": True, "msg": str(error)}
        except AnsibleError as error:
            return {"failed": True, "msg": str(error)}

    def _show(self, name: str, last: Mapping[str, Any], seconds: float) -> None:
        """For example ``wa-berlin 3/5 wacore3, 8 s``."""
        if not self._task.no_log:
            client = str(self.variables.get("inventory_hostname") or "")
            short = name[len(client) + 1 :] if name.startswith(f"{client}/") else name
            how_far = f"{last.get('done', 0)}/{last.get('total', 0)}"
            display.display(harmless(f"{client} {how_far} {short}, {seconds:.0f} s", 300))
