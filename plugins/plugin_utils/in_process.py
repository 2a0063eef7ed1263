# Copyright (c) 2026, wabiz.onprem contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-FileCopyrightText: 2026 wabiz.onprem contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""An operation as an action plugin: it runs in the controller's process when the task would run on the controller anyway.

Otherwise the module of the same name is handed over to the target as usual. Options, validation, result and masking are
the same both ways; docs/in_process.md explains why, and the few differences that Ansible forces.
"""

from __future__ import annotations

import json
import multiprocessing
import os
from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from ansible import constants as C
from ansible.errors import AnsibleActionFail, AnsibleError
from ansible.module_utils.common.arg_spec import ArgumentSpecValidator
from ansible.module_utils.parsing.convert_bool import boolean
from ansible.playbook.handler import Handler
from ansible.plugins.action import ActionBase
from ansible.plugins.loader import connection_loader
from ansible.template import Templar
from ansible.utils.display import Display
from ansible.utils.unsafe_proxy import wrap_var

from ansible_collections.wabiz.onprem.plugins.module_utils._api.connection import OPTIONS as CONNECTION_OPTIONS
from ansible_collections.wabiz.onprem.plugins.module_utils._api.tls import prepare
from ansible_collections.wabiz.onprem.plugins.module_utils._common.operation import Task, perform
from ansible_collections.wabiz.onprem.plugins.module_utils._common.option_specs import (
    argument_spec,
    shown_params,
    shown_problem,
    unknown_option,
    unusable,
)
from ansible_collections.wabiz.onprem.plugins.module_utils._common.progress import reporting, span
from ansible_collections.wabiz.onprem.plugins.module_utils._common.text import harmless
from ansible_collections.wabiz.onprem.plugins.module_utils._ledger.lease_owner import owner_of
from ansible_collections.wabiz.onprem.plugins.module_utils._settings import apply
from ansible_collections.wabiz.onprem.plugins.plugin_utils import delegation, restart_variables

try:
    from ansible.template import trust_as_template
except ImportError:  # ansible-core before 2.19 trusts every template
    trust_as_template = str

CREDENTIALS = ("token", "api_key", "password")
CONNECTION = (*CONNECTION_OPTIONS, "api_key")

display = Display()

# Options that show how long an operation may take, the longest first.
LIMITS = ("wait_timeout", "lease_wait", "retry_timeout")


def perform_task(
    operation: Any, args: Mapping[str, Any], task: Task, diff: bool, with_invocation: bool
) -> dict[str, Any]:
    """What a module would answer: validates the arguments, performs the operation, masks what is secret."""
    options = operation.OPTIONS
    warnings: list[str] = []
    validation = ArgumentSpecValidator(argument_spec(options), **operation.RULES).validate(dict(args))
    params = validation.validated_parameters
    if validation.error_messages:  # .errors is an object that is always true
        problem = shown_problem(validation.errors.msg, options, args, validation._no_log_values)
        outcome = {"failed": True, "msg": problem}
    else:
        outcome = perform(operation, params, replace(task, warn=warnings.append), diff)
    outcome.setdefault("changed", False)
    if warnings:
        outcome["warnings"] = warnings
    if with_invocation:
        outcome["invocation"] = {"module_args": shown_params(options, params)}
    # through JSON like a module's answer: tuples become lists, and data tags (2.19 and newer) stay behind
    answer: dict[str, Any] = json.loads(json.dumps(outcome, default=str))
    return answer


def _prepare_workers() -> None:
    """Does once what every worker would have to do for itself: what a first request and a first template with a filter load.

    Ansible imports this file before it forks the workers of the first task that needs it. In a fleet that is a fifth of
    what a client costs.
    """
    if multiprocessing.parent_process() is None:
        connection_loader.find_plugin("local")  # the loader remembers where it is
        prepare()
        Templar(loader=None, variables={}).template(trust_as_template("{{ absent | default(0) | string }}"))


_prepare_workers()


def plain(value: Any) -> Any:
    """What a module would have got as JSON: no vault objects (ansible-core 2.16), no data tags (2.19 and newer)."""
    if isinstance(value, Mapping):
        return {str(key): plain(item) for key, item in value.items()}
    if isinstance(value, (list, tuple, set)):
        return [plain(item) for item in value]
    if value is None or isinstance(value, bool):
        return value
    if isinstance(value, int):
        return int(value)
    if isinstance(value, float):
        return float(value)
    return str.__str__(value) if isinstance(value, str) else str(value)


def from_others(result: Mapping[str, Any]) -> dict[str, Any]:
    """A result in which no text is ever taken for a template: a client, an engine or another host may have written it.

    Ansible marks what a task returns, but not what an action plugin is given by another one. Before ansible-core 2.19 a
    text without this mark is a template wherever it is used in one.
    """
    marked: dict[str, Any] = wrap_var(dict(result))
    return marked


def default_ledger(variables: Mapping[str, Any]) -> str:
    """The ledger of a host for which the inventory names none."""
    name = str(variables.get("inventory_hostname") or "").replace("%", "%25").replace("/", "%2F")
    return f"~/.local/state/wabiz-onprem/{name}.json"


class InProcess(ActionBase):
    """Base of this collection's action plugins; each of them names its operation and nothing else."""

    operation: Any = None  # a file of module_utils/_operations
    _supports_check_mode = True
    _supports_async = True

    def run(self, tmp: str | None = None, task_vars: dict[str, Any] | None = None) -> dict[str, Any]:
        result: dict[str, Any] = super().run(tmp, task_vars)
        del tmp
        if self._task.check_mode and not self._task._parent._play.check_mode:
            self._task.notify = None  # a prediction is no reason for a handler, which would restart nodes
        return from_others(self._named(self._performed(result, task_vars or {}), task_vars or {}))

    def _named(self, result: dict[str, Any], variables: Mapping[str, Any]) -> dict[str, Any]:
        """A failure with the client by its inventory name, and its URL in brackets, where the host is the client."""
        error, name = result.get("error"), harmless(variables.get("inventory_hostname") or "", 80)
        client = error.get("client") if isinstance(error, Mapping) else ""
        if client and name and "api_url" not in self._task.args:
            result["msg"] = str(result.get("msg")).replace(str(client), f"{name} ({client})", 1)
        return result

    def _performed(self, result: dict[str, Any], variables: dict[str, Any]) -> dict[str, Any]:
        args, problem = self._prepared_args(variables)
        problem = (
            problem
            or delegation.problem(self._task, self._connection.transport, variables, self._templated)
            or self._restart_problem(args, variables)
        )
        if problem:
            return dict(result, failed=True, changed=False, msg=problem)
        if self._runs_here(variables):
            return dict(result, **self._run_here(args, variables))
        wrap_async = self._task.async_val and not getattr(self._connection, "has_native_async", False)
        place = str(self._task.delegate_to or variables.get("inventory_hostname"))
        with reporting(self._report, lambda seconds: self._progress_line(args, place, seconds)):
            result.update(self._execute_module(module_args=args, task_vars=variables, wrap_async=wrap_async))
        if not wrap_async:
            self._remove_tmp_path(self._connection._shell.tmpdir)
        return result

    def _prepared_args(self, variables: Mapping[str, Any]) -> Any:
        """The arguments with what only the controller can add to them, and what is wrong with their names."""
        problem = unusable({}, self._task.args)
        if problem:
            return {}, f"The option {problem}."
        args = plain(self._task.args)
        if "api_url" in self.operation.OPTIONS and "api_url" not in args:
            args = dict(self._connection_args(variables, given=args), **args)
        expand = getattr(self.operation, "expand", None)
        if expand:
            args, problem = expand(args)
            if problem:
                return args, shown_problem(problem, self.operation.OPTIONS, args)
        unknown = unknown_option(self.operation.OPTIONS, args)
        if unknown:
            name, place, known = unknown
            name = shown_problem(name, self.operation.OPTIONS, args)
            hint = f" Did you mean {place}{known}?" if known else f" See `ansible-doc {self._module_name()}`."
            return args, f"Unknown option {place}{name} for module {self._module_name()}.{hint}"
        problem = unusable(self.operation.OPTIONS, args)
        if problem:
            return args, f"The option {problem}."
        required = self.operation.OPTIONS.get("api_url", {})
        # Another machine, or an environment of the task, may name the client by its variable.
        here = self._connection.transport == "local" and not any(self._task.environment or ())
        if required and not args.get("api_url") and not os.environ.get(required["env"]) and here:
            host = harmless(variables.get("inventory_hostname") or "", 80)
            return args, (
                f"The URL of client {host} is missing: set wabiz_onprem_api_url for it in the inventory, or leave the host out "
                "with --limit or wabiz_onprem_hosts."
            )
        return self._filled(args, variables), ""

    def _filled(self, args: dict[str, Any], variables: Mapping[str, Any]) -> dict[str, Any]:
        """What follows from the host and the play."""
        if args.get("ledger") == "":
            args["ledger"] = default_ledger(variables)
        if args.get("write") == apply.UNLESS_RESTART and self._variable(variables, "coreapp_restart") == "defer":
            args["write"] = apply.ALWAYS  # there is no restart that has to be prepared first
        if args.get("step") == "begin" and isinstance(self._task, Handler) and restart_variables.has_failed(variables):
            args["defer"] = True  # with force_handlers, the handler follows a restart that has failed a moment ago
        if "owner" in self.operation.OPTIONS and not args.get("owner"):
            # a task runs in a worker; the play is its parent
            args["owner"] = vars(owner_of(os.getppid(), str(variables.get("inventory_hostname", ""))))
        return args

    def _restart_problem(self, args: Mapping[str, Any], variables: Mapping[str, Any]) -> str:
        """What is wrong with the restart settings of the roles, for their tasks that may lead to a restart."""
        if "coreapp_restart" not in variables or not ("write" in args or args.get("step") == "begin"):
            return ""
        if args.get("write") != "always":
            for text in restart_variables.misspelt(variables):
                display.warning(text)
        return restart_variables.problem(variables, self._templated)

    def _connection_args(self, variables: Mapping[str, Any], given: Mapping[str, Any]) -> dict[str, Any]:
        """The connection of a task that names no client: that of its host, from the variables ``wabiz_onprem_<option>``.

        Read one by one, as they are: Ansible compiles each template of a task's arguments anew for each host, which all
        together costs more than a request. A task with an ``api_url`` of its own gets nothing, as the credentials are not
        for that client.
        """
        names = [name for name in CONNECTION if name in self.operation.OPTIONS and name not in given]
        if any(given.get(name) for name in CREDENTIALS):
            names = [name for name in names if name not in CREDENTIALS]
        values = {name: self._variable(variables, f"wabiz_onprem_{name}") for name in names}
        return {name: plain(value) for name, value in values.items() if value is not None}

    def _variable(self, variables: Mapping[str, Any], name: str) -> Any:
        """A variable of the host; None where it is absent, null or omitted. Raises AnsibleActionFail with its name."""
        try:
            value = self._templated(variables.get(name))
        except AnsibleError as error:
            text = " ".join(str(error.message if hasattr(error, "message") else error).split())
            raise AnsibleActionFail(f"The variable {name} cannot be evaluated: {text[:300]}") from None
        return None if value == variables.get("omit", "") else value

    def _templated(self, value: Any) -> Any:
        """Most connections are plain texts, of which to ask Ansible costs more than to see that there is no template in it.

        In a dictionary, as newer ansible-core refuses an omitted value by itself.
        """
        if isinstance(value, str) and "{" not in value and not value.startswith("#jinja2"):
            return value
        if value is None or isinstance(value, (bool, int, float)):
            return value
        return self._templar.template({"value": value}).get("value")

    def _module_name(self) -> str:
        return str(self._task.resolved_action or self._task.action)

    def _runs_here(self, task_vars: Mapping[str, Any]) -> bool:
        wanted = self._variable(task_vars, "wabiz_onprem_in_process")
        return (
            boolean(True if wanted is None else wanted, strict=False)
            and self.operation.LIBRARY_ERROR is None
            and self._connection.transport == "local"
            and not self._connection.become
            and not self._task.async_val
            and not any(self._task.environment or ())
        )

    def _run_here(self, args: Mapping[str, Any], task_vars: Mapping[str, Any]) -> dict[str, Any]:
        task = Task(self._task.check_mode, progress=self._report)
        return perform_task(self.operation, args, task, self._task.diff, self._wants_invocation(task_vars))

    def _progress_line(self, args: Mapping[str, Any], place: str, seconds: float) -> str:
        """The line for a module on a target, whose own progress cannot be shown."""
        options = self.operation.OPTIONS
        given = [str(args.get(name, options[name]["default"])) for name in LIMITS if name in options]
        limits = [int(text) for text in given if text.isdigit() and int(text) > 0]
        return f"at work on {place} " + (span(seconds, limits[0]) if limits else f"for {seconds:.0f} s")

    def _report(self, text: str) -> None:
        """Progress of long work; not with no_log, as no one knows what a user hides with it."""
        if not self._task.no_log:
            display.display(f"[{harmless(self._task.get_name(), 200)}] {harmless(text)}")

    @staticmethod
    def _wants_invocation(task_vars: Mapping[str, Any]) -> bool:
        try:
            return bool(C.config.get_config_value("INJECT_INVOCATION", variables=task_vars))
        except Exception:
            return True
