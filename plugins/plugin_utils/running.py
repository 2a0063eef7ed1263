# Copyright (c) 2026, wabiz.onprem contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-FileCopyrightText: 2026 wabiz.onprem contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Base of the actions that ask engines: they run modules of other collections on the task's own connection.

What those modules return holds environments and manifests, and with them passwords. It never leaves the action.
"""

from __future__ import annotations

import shlex
import time
import traceback
from collections.abc import Callable, Iterator, Mapping
from typing import Any, ClassVar

from ansible.errors import AnsibleConnectionFailure, AnsibleError
from ansible.executor import module_common
from ansible.module_utils.common.arg_spec import ArgumentSpecValidator
from ansible.plugins.action import ActionBase
from ansible.utils.display import Display

from ansible_collections.wabiz.onprem.plugins.module_utils._common.errors import InputError
from ansible_collections.wabiz.onprem.plugins.module_utils._common.option_specs import unknown_option
from ansible_collections.wabiz.onprem.plugins.module_utils._common.progress import reporting
from ansible_collections.wabiz.onprem.plugins.module_utils._common.text import harmless
from ansible_collections.wabiz.onprem.plugins.plugin_utils import delegation
from ansible_collections.wabiz.onprem.plugins.plugin_utils.in_process import from_others, plain

FIRST_PAUSE, GROWTH, LONGEST_PAUSE = 0.25, 1.5, 5.0  # seconds between two polls

# What comes of an answer with another shape than an engine's.
MISSHAPEN = (ArithmeticError, AttributeError, LookupError, RecursionError, TypeError, ValueError)

display = Display()
Values = dict[str, Any]

KUBERNETES_OPTIONS: dict[str, dict[str, Any]] = {
    "namespace": {"type": "str", "default": "default"},
    "kubeconfig": {"type": "str"},
    "context": {"type": "str"},
}


def not_understood(error: BaseException) -> str:
    """The problem of an answer that is MISSHAPEN. Its text may hold anything, so only the place in the code is shown."""
    frame = traceback.extract_tb(error.__traceback__)[-1]
    place = f"{frame.filename.rpartition('/')[2]}:{frame.lineno}"
    return f"what the engine returned is not understood ({type(error).__name__} at {place})"


def polls(limit: float, longest: float = LONGEST_PAUSE) -> Iterator[float]:
    """Yields how many seconds are left, pausing a little longer after each time. The last value is not positive."""
    end, pause = time.monotonic() + limit, FIRST_PAUSE
    while True:
        left = end - time.monotonic()
        yield left
        if left <= 0:
            return
        time.sleep(max(0.0, min(pause, longest, end - time.monotonic())))
        pause *= GROWTH


def with_defaults(module: str, options: Mapping[str, Any], task: Any, templar: Any) -> Values:
    """What the play has in module_defaults counts for the module that is run."""
    merged: Values
    if hasattr(module_common, "_apply_action_arg_defaults"):  # ansible-core 2.19 and newer
        merged = module_common._apply_action_arg_defaults(module, task, dict(options), templar)
    else:
        merged = module_common.get_action_args_with_defaults(
            module, dict(options), task.module_defaults, templar, action_groups=task._parent._play._action_groups
        )
    return merged


class EngineAction(ActionBase):
    """An action with OPTIONS, which does its work in ``perform``."""

    OPTIONS: ClassVar[dict[str, dict[str, Any]]] = {}
    _supports_check_mode = True
    _supports_async = False

    def run(self, tmp: str | None = None, task_vars: dict[str, Any] | None = None) -> dict[str, Any]:
        result: dict[str, Any] = super().run(tmp, task_vars)
        del tmp
        self.variables, self.phase = task_vars or {}, "starting"
        params, problem = self._validated(plain(self._task.args))
        if problem:
            return dict(result, failed=True, changed=False, msg=problem)
        self.params = params
        try:
            with reporting(display.display, self._progress):
                return dict(result, **from_others(self.perform()))
        except InputError as error:
            return dict(result, **from_others({"failed": True, "changed": False, "msg": str(error)}))

    def perform(self) -> Values:
        raise NotImplementedError

    @property
    def subject(self) -> str:
        """What progress lines are about, besides the client."""
        return ""

    @property
    def host(self) -> str:
        """The machine that the task runs on."""
        return str(self._task.delegate_to or self.variables.get("inventory_hostname") or "")

    # -- running other modules

    def read(self, module: str, options: Mapping[str, Any]) -> Values:
        """Runs a module that changes nothing, in check mode as well."""
        return self._run_once(module, options, check_mode=False)

    def write(self, module: str, options: Mapping[str, Any]) -> Values:
        return self._run_once(module, options, check_mode=self._task.check_mode)

    def command(self, argv: list[str]) -> Values:
        """Runs a command where the task runs, directly by the connection: a module's start would cost half a second.

        Returns rc, stdout and stderr; or unreachable, with msg.
        """
        line = " ".join(shlex.quote(word) for word in argv)
        try:
            environment = self._compute_environment_string()
            return dict(self._low_level_execute_command(f"{environment} {line}".strip()))
        except AnsibleConnectionFailure as error:
            return {"unreachable": True, "msg": str(error)}
        except AnsibleError as error:
            return {"failed": True, "msg": str(error)}

    def _run_once(self, module: str, options: Mapping[str, Any], check_mode: bool) -> Values:
        """What the module returns. A machine that cannot be reached, or a module that is missing, is a result as well."""
        task = self._task.copy()
        given = {name: value for name, value in options.items() if value is not None}
        task.action, task.args, task.check_mode, task.no_log = (
            module,
            with_defaults(module, given, self._task, self._templar),
            check_mode,
            True,
        )
        loader = self._shared_loader_obj.action_loader
        try:
            handler = loader.get(
                module if loader.has_plugin(module) else "ansible.legacy.normal",
                task=task,
                connection=self._connection,
                play_context=self._play_context,
                loader=self._loader,
                templar=self._templar,
                shared_loader_obj=self._shared_loader_obj,
            )
            return dict(handler.run(task_vars=self.variables))
        except AnsibleConnectionFailure as error:
            return {"unreachable": True, "msg": str(error)}
        except AnsibleError as error:
            return {"failed": True, "msg": str(error)}

    def poll(self, limit: float, look: Callable[[], bool], longest: float = LONGEST_PAUSE) -> bool:
        """Poll until ``look`` returns true, at least once. Returns false after the limit."""
        for left in polls(limit, longest):
            if look():
                return True
            if left <= 0:
                break
        return False

    # -- options and progress

    def _validated(self, args: Mapping[str, Any]) -> tuple[Values, str]:
        name = str(self._task.resolved_action or self._task.action)
        unknown = unknown_option(self.OPTIONS, args)
        if unknown:
            option, place, known = unknown
            hint = f" Did you mean {place}{known}?" if known else f" See `ansible-doc {name}`."
            return {}, f"Unknown option {place}{option} for module {name}.{hint}"
        validation = ArgumentSpecValidator(self.OPTIONS).validate(dict(args))
        problem = f"Invalid options for module {name}: {validation.errors.msg}" if validation.error_messages else ""
        return validation.validated_parameters, problem

    def wrong_connection(self) -> str:
        """Why the task would ask another machine than the one that it is delegated to; empty if it would not."""
        wrong = delegation.wrong_connection(self._task, self._connection.transport, self.variables, self._templated)
        return f"the task {wrong}" if wrong else ""

    def _templated(self, value: Any) -> Any:
        return value if isinstance(value, str) and "{" not in value else self._templar.template(value)

    def _progress(self, seconds: float) -> str:
        """For example ``wa-berlin wacore3: stopping, 8 s``."""
        about = " ".join(filter(None, (str(self.variables.get("inventory_hostname") or ""), self.subject)))
        return harmless(f"{about}: {self.phase}, {seconds:.0f} s", 300)
