# Copyright (c) 2026, wabiz.onprem contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-FileCopyrightText: 2026 wabiz.onprem contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""The status of the whole fleet, on the controller: nothing of it is a matter of a single host."""

from __future__ import annotations

import os
from typing import Any, Mapping

from ansible import constants as C
from ansible.errors import AnsibleActionFail
from ansible.plugins.action import ActionBase
from ansible.utils.display import Display

from ansible_collections.wabiz.onprem.plugins.module_utils._common.text import harmless, visible
from ansible_collections.wabiz.onprem.plugins.module_utils._status import CRITICAL, OK, WARNING
from ansible_collections.wabiz.onprem.plugins.plugin_utils import status_document, status_file, status_table
from ansible_collections.wabiz.onprem.plugins.plugin_utils.in_process import from_others, plain

OPTIONS: dict[str, dict[str, Any]] = {
    "results": {"type": "dict", "required": True},
    "json": {"type": "str"},
    "html": {"type": "str"},
    "mode": {"type": "str", "default": "0600"},
    "fail_at": {"type": "str", "choices": [WARNING, CRITICAL, "never"], "default": WARNING},
    "table": {"type": "bool", "default": True},
    "show": {"type": "str", "choices": ["attention", "all"], "default": "attention"},
}
FAILING = {WARNING: (WARNING, CRITICAL), CRITICAL: (CRITICAL,), "never": ()}
MOST_NAMES = 10

display = Display()


class ActionModule(ActionBase):
    _supports_check_mode = True
    _requires_connection = False

    def run(self, tmp: str | None = None, task_vars: dict[str, Any] | None = None) -> dict[str, Any]:
        result: dict[str, Any] = super().run(tmp, task_vars)
        del tmp
        _dummy, options = self.validate_argument_spec(argument_spec=OPTIONS)
        try:
            self.mode = status_file.file_mode(options["mode"])
        except ValueError as error:
            raise AnsibleActionFail(f"The option {error}.") from None
        document = status_document.make(plain(options["results"]))
        if options["table"] and not self._task.no_log:
            _show(document, options["show"] == "all")
        written = [self._json(options["json"], document), self._html(options["html"], document)]
        result.update(changed=any(written), summary=document["summary"])
        if document["summary"]["worst"] in FAILING[options["fail_at"]]:
            # without the clients: Ansible would print them all, after a table that says it better
            return from_others(dict(result, failed=True, msg=_summary(document)))
        return from_others(dict(result, clients=visible(document["clients"])))

    def _json(self, path: str | None, document: Mapping[str, Any]) -> bool:
        """Whether the file says something new."""
        if not path:
            return False
        place = _place(path)
        changed = not status_file.says_the_same(place, document)
        self._write("json", place, status_file.json_text(document))
        return changed

    def _html(self, path: str | None, document: Mapping[str, Any]) -> bool:
        if not path:
            return False
        from ansible_collections.wabiz.onprem.plugins.plugin_utils import status_page  # noqa: PLC0415  (large)

        place = _place(path)
        changed = not status_file.has_mark(place, document)
        self._write("html", place, f"{status_page.render(document).rstrip()}\n{status_file.mark(document)}")
        return changed

    def _write(self, option: str, path: str, text: str) -> None:
        try:
            if self._task.check_mode:
                status_file.check_place(path)
            else:
                status_file.write(path, text, self.mode)
                if self._task.args.get("table", True) and not self._task.no_log:
                    display.display(f"Written: {harmless(path, 300)}")
        except OSError as error:
            raise AnsibleActionFail(
                f"The file {harmless(path, 300)} of option {option} cannot be written: {error.strerror}."
            ) from None


def _place(path: str) -> str:
    return os.path.abspath(os.path.expanduser(path))


def _show(document: Mapping[str, Any], show_all: bool) -> None:
    colours = {CRITICAL: C.COLOR_ERROR, WARNING: C.COLOR_WARN, OK: C.COLOR_OK}
    for line in status_table.lines(document, show_all):
        display.display(line.text, color=colours.get(line.level))


def _summary(document: Mapping[str, Any]) -> str:
    """The failure in one line: how many, and the worst of them."""
    names = [harmless(one["name"], 40) for one in document["clients"] if one["level"] != OK]
    more = [] if len(names) <= MOST_NAMES else [f"{len(names) - MOST_NAMES} more"]
    return f"{status_table.summary_text(document)} Needs attention: {', '.join(names[:MOST_NAMES] + more)}."
