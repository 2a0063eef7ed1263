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
from .option_specs import Options, argument_spec, shown_params, shown_problem, unusable


class _Module(AnsibleModule):  # type: ignore[misc]  # ansible-core publishes no types
    """An AnsibleModule that shows and logs arguments only in the form in which they may be shown, also refused ones.

    Ansible itself searches for passwords in a URL first, no longer finds it among the secrets then, and logs the rest.
    """

    params: Dict[str, Any]

    def __init__(self, options: Options, **more: Any) -> None:
        self._options = options
        self._validated = False
        super().__init__(argument_spec=argument_spec(options), supports_check_mode=True, **more)
        self._validated = True

    def _load_params(self) -> None:
        super()._load_params()
        own = {name: value for name, value in self.params.items() if not name.startswith("_ansible")}
        problem = unusable(self._options, own)
        if problem:
            self.params = {name: value for name, value in self.params.items() if name not in own}
            self.fail_json(f"The option {problem}.")

    def _log_invocation(self) -> None:
        params = self.params
        self.params = shown_params(self._options, params)
        super()._log_invocation()
        self.params = params

    def fail_json(self, msg: str, **kwargs: Any) -> Any:
        """Fail; while the arguments are being validated, their values are masked in the message and in the invocation."""
        if not self._validated:
            given = {name: value for name, value in self.params.items() if not name.startswith("_ansible")}
            msg = shown_problem(msg, self._options, given, self.no_log_values)
            self.params = shown_params(self._options, given)
        super().fail_json(msg, **kwargs)


def run_module(operation: Any) -> None:
    """Run an operation (a file of ``_operations``) with the arguments of this module, and end the process."""
    module = _Module(operation.OPTIONS, **operation.RULES)
    params = module.params
    # Until here Ansible masks every no_log value as a whole. From here on the redaction by structure and the mask of
    # ``perform`` stand for that, in what is shown of the arguments and in the result.
    module.params = shown_params(operation.OPTIONS, params)
    module.no_log_values = set()
    if operation.LIBRARY_ERROR is not None:
        module.fail_json(
            msg="{} The in-process entry point needs it on the controller.".format(missing_required_lib("requests"))
        )
    task = Task(check_mode=module.check_mode, warn=module.warn)
    result = perform(operation, params, task, module._diff)
    if result.get("failed"):  # outside of the except block: ansible-core 2.16 would attach the traceback
        module.fail_json(**result)
    module.exit_json(**result)
