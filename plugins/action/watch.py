# Copyright (c) 2026, wabiz.onprem contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-FileCopyrightText: 2026 wabiz.onprem contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Runs a module of anybody, once or until its answer is as wanted, and tells meanwhile how long that has taken."""

from __future__ import annotations

import time
from collections.abc import Mapping
from typing import Any

from ansible.executor import module_common
from ansible.module_utils.parsing.convert_bool import boolean
from ansible.plugins.action import ActionBase
from ansible.template import Templar
from ansible.utils.display import Display

from ansible_collections.wabiz.onprem.plugins.module_utils._common.progress import span, telling
from ansible_collections.wabiz.onprem.plugins.module_utils._common.text import harmless
from ansible_collections.wabiz.onprem.plugins.plugin_utils.in_process import from_others

display = Display()

OPTIONS: dict[str, dict[str, Any]] = {
    "module": {"type": "str", "required": True},
    "options": {"type": "dict", "default": {}},
    "doing": {"type": "str", "required": True},
    "limit": {"type": "float"},
    "answer": {"type": "str"},
    "until": {"type": "str"},
    "state": {"type": "str"},
    "interval": {"type": "float", "default": 2},
}


class ActionModule(ActionBase):
    _supports_check_mode = True
    _supports_async = False

    def run(self, tmp: str | None = None, task_vars: dict[str, Any] | None = None) -> dict[str, Any]:
        result: dict[str, Any] = super().run(tmp, task_vars)
        del tmp
        _validated, params = self.validate_argument_spec(
            OPTIONS, required_by={"until": ["answer", "limit"], "state": ["until"]}
        )
        self._params, self._state = params, ""
        with telling(self._tell, self._words):
            return from_others(dict(result, **self._answer(task_vars or {})))

    def _answer(self, task_vars: dict[str, Any]) -> dict[str, Any]:
        """The module's last answer, which is the first one unless there is something to wait for."""
        params, attempts, end = self._params, 0, time.monotonic() + (self._params["limit"] or 0)
        options = self._with_defaults(params["module"], self._task.args.get("options") or {})
        while True:
            attempts += 1
            answer = dict(self._run_once(params["module"], options, task_vars), attempts=attempts)
            if not params["until"]:
                return answer
            known = {**task_vars, params["answer"]: answer}
            if boolean(self._variable(params["until"], known), strict=False):
                return answer
            if params["state"]:
                self._state = " ".join(str(self._variable(params["state"], known)).split())
            if time.monotonic() + params["interval"] > end:
                return answer
            time.sleep(params["interval"])

    def _run_once(self, module: str, options: Mapping[str, Any], task_vars: dict[str, Any]) -> dict[str, Any]:
        """The module by its own action plugin, if it has one. A machine that cannot be reached ends the wait."""
        task = self._task.copy()
        task.action, task.args = module, dict(options)
        loader = self._shared_loader_obj.action_loader
        handler = loader.get(
            module if loader.has_plugin(module) else "ansible.legacy.normal",
            task=task,
            connection=self._connection,
            play_context=self._play_context,
            loader=self._loader,
            templar=self._templar,
            shared_loader_obj=self._shared_loader_obj,
        )
        return from_others(handler.run(task_vars=task_vars))

    def _with_defaults(self, module: str, options: Mapping[str, Any]) -> dict[str, Any]:
        """What the play says in module_defaults counts for the module that is run."""
        merged: dict[str, Any]
        if hasattr(module_common, "_apply_action_arg_defaults"):  # ansible-core 2.19 and newer
            merged = module_common._apply_action_arg_defaults(module, self._task, dict(options), self._templar)
        else:
            merged = module_common.get_action_args_with_defaults(
                module,
                dict(options),
                self._task.module_defaults,
                self._templar,
                action_groups=self._task._parent._play._action_groups,
            )
        return merged

    def _variable(self, name: str, variables: Mapping[str, Any]) -> Any:
        return Templar(loader=self._loader, variables=variables).template(variables[name])

    def _words(self, seconds: float) -> str:
        doing, limit = self._params["doing"], self._params["limit"]
        lasts = f"for {seconds:.0f} s" if limit is None else span(seconds, limit)
        return f"{doing} {lasts}{': ' if self._state else ''}{self._state}"

    def _tell(self, text: str) -> None:
        """Also with no_log: these are the words of whoever wrote the task, and not the module's."""
        display.display(f"[{harmless(self._task.get_name(), 200)}] {harmless(text)}")
