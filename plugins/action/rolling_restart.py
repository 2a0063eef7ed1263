# Copyright (c) 2026, wabiz.onprem contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-FileCopyrightText: 2026 wabiz.onprem contributors
# SPDX-License-Identifier: GPL-3.0-or-later
from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from ansible.playbook.handler import Handler

from ansible_collections.wabiz.onprem.plugins.module_utils._operations import rolling_restart
from ansible_collections.wabiz.onprem.plugins.plugin_utils.in_process import InProcess

# What the steps of a restart register, in role coreapp.
STEPS = ("coreapp__restart", "coreapp__plan", "coreapp__next")
GIVEN_UP = "The restart of the Coreapp has failed in this run and stays pending; the handler does not try it again."


class ActionModule(InProcess):
    operation = rolling_restart

    def _performed(self, result: dict[str, Any], variables: dict[str, Any]) -> dict[str, Any]:
        """With ``force_handlers``, the handler follows a restart that has failed a moment ago: that is left as it is."""
        if self._task.args.get("step") != "begin" or not isinstance(self._task, Handler) or not _has_failed(variables):
            return super()._performed(result, variables)
        self._task.args = dict(self._task.args, defer=True)
        done = super()._performed(result, variables)
        return dict(done, message=GIVEN_UP) if done.get("pending") else done


def _has_failed(variables: Mapping[str, Any]) -> bool:
    results = [variables.get(name) for name in STEPS]
    return any(isinstance(one, Mapping) and (one.get("failed") or one.get("unreachable")) for one in results)
