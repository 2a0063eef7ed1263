# Copyright (c) 2026, wabiz.onprem contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-FileCopyrightText: 2026 wabiz.onprem contributors
# SPDX-License-Identifier: GPL-3.0-or-later

# Note that this module util is **PRIVATE** to the collection. It can have breaking changes at any time.
"""An operation as a module. The only place with ``exit_json`` and ``fail_json``."""

from __future__ import annotations

from typing import Any, Dict

from ansible.module_utils.basic import AnsibleModule, missing_required_lib

from .operation import Task, perform
from .option_specs import Options, argument_spec, secret_values, shown_params


class _Module(AnsibleModule):  # type: ignore[misc]  # ansible-core publishes no types
    """An AnsibleModule that logs arguments in the form in which they may be shown.

    Ansible's own way looks for passwords in a URL first, no longer finds it among the secrets then, and logs the rest.
    """

    params: Dict[str, Any]

    def __init__(self, options: Options, **more: Any) -> None:
        self._options = options
        super().__init__(argument_spec=argument_spec(options), supports_check_mode=True, **more)

    def _log_invocation(self) -> None:
        params = self.params
        self.params = shown_params(self._options, params)
        super()._log_invocation()
        self.params = params


def run_module(operation: Any) -> None:
    """Runs an operation (a file of ``_operations``) with the arguments of this module, and ends the process."""
    module = _Module(operation.OPTIONS, **operation.RULES)
    params = module.params
    # Until here Ansible masks every no_log value as a whole. From here on our own redaction by structure stands for the
    # options that have one: both in what Ansible shows of the arguments, and in the result.
    module.params = shown_params(operation.OPTIONS, params)
    module.no_log_values = set(secret_values(operation.OPTIONS, params))
    if operation.LIBRARY_ERROR is not None:
        module.fail_json(
            msg="{} The in-process way needs it on the controller.".format(missing_required_lib("requests"))
        )
    task = Task(check_mode=module.check_mode, warn=module.warn)
    result = perform(operation, params, task, module._diff)
    if result.get("failed"):  # outside of the except block: ansible-core 2.16 would attach the traceback
        module.fail_json(**result)
    module.exit_json(**result)
