# Copyright (c) 2026, wabiz.onprem contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-FileCopyrightText: 2026 wabiz.onprem contributors
# SPDX-License-Identifier: GPL-3.0-or-later
from __future__ import annotations

from ansible_collections.wabiz.onprem.plugins.module_utils._operations import rolling_restart
from ansible_collections.wabiz.onprem.plugins.plugin_utils.in_process import InProcess


class ActionModule(InProcess):
    operation = rolling_restart
