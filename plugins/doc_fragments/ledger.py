# Copyright (c) 2026, wabiz.onprem contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-FileCopyrightText: 2026 wabiz.onprem contributors
# SPDX-License-Identifier: GPL-3.0-or-later
from __future__ import annotations


class ModuleDocFragment:
    """Where the ledger of a client lies; see ``module_utils/_ledger.py``."""

    DOCUMENTATION = r"""
options:
  ledger:
    description:
      - Absolute path of the client's ledger on the machine where the task runs, one file per client. It remembers what the API
        cannot tell, which restart is owed, which campaigns are active, what was sent and is never shown.
      - The file is made when it is needed, with mode C(0600), its folder with mode C(0700). In check mode nothing is written.
    type: path
"""

    # The same where nothing can be done without it.
    REQUIRED = r"""
options:
  ledger:
    description:
      - Absolute path of the client's ledger on the machine where the task runs, one file per client.
      - The file is made when it is needed, with mode C(0600), its folder with mode C(0700). In check mode nothing is written.
    type: path
    required: true
"""
