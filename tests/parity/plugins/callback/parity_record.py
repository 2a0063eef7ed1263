# SPDX-FileCopyrightText: 2026 wabiz.onprem contributors
# SPDX-License-Identifier: GPL-3.0-or-later
from __future__ import annotations

import json
import os
from pathlib import Path

from ansible.plugins.callback import CallbackBase

DOCUMENTATION = r"""
name: parity_record
type: notification
short_description: Writes down every result as callbacks get it
description:
  - One line of JSON for each event, into the file that the environment variable E(PARITY_RECORD) names.
author: wabiz.onprem contributors (@wabiz-onprem)
"""


class CallbackModule(CallbackBase):
    CALLBACK_VERSION = 2.0
    CALLBACK_TYPE = "notification"
    CALLBACK_NAME = "parity_record"

    def __init__(self):
        super().__init__()
        self._play = ""

    def v2_playbook_on_play_start(self, play):
        self._play = play.get_name()

    def _write(self, event, result):
        task = result.task if hasattr(result, "task") else result._task
        content = result.result if hasattr(result, "result") else result._result
        line = {"play": self._play, "event": event, "task": task.get_name(), "result": content}
        with Path(os.environ["PARITY_RECORD"]).open("a", encoding="utf-8") as file:
            file.write(json.dumps(line, default=str) + "\n")

    def v2_runner_on_ok(self, result):
        self._write("ok", result)

    def v2_runner_on_failed(self, result, ignore_errors=False):
        self._write(f"failed, ignored: {ignore_errors}", result)

    def v2_runner_on_skipped(self, result):
        self._write("skipped", result)

    def v2_runner_on_unreachable(self, result):
        self._write("unreachable", result)

    def v2_runner_retry(self, result):
        self._write("retry", result)

    def v2_runner_item_on_ok(self, result):
        self._write("item ok", result)

    def v2_runner_item_on_failed(self, result):
        self._write("item failed", result)

    def v2_runner_item_on_skipped(self, result):
        self._write("item skipped", result)
