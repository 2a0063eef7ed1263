# Copyright (c) 2026, wabiz.onprem contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-FileCopyrightText: 2026 wabiz.onprem contributors
# SPDX-License-Identifier: GPL-3.0-or-later
from __future__ import annotations


class ModuleDocFragment:
    """Where the ledger of a client is; the options are data in ``module_utils/_ledger/file.py``."""

    DOCUMENTATION = r"""
options:
  ledger:
    description:
      - Absolute path of the client's ledger on the machine where the task runs, one file per client. It holds what the API does
        not show, which restart is pending, which campaigns are active, what is known to be in effect, and what was sent and is
        never shown.
      - An empty text is C(~/.local/state/wabiz-onprem/<inventory_hostname>.json).
      - The file is created when it is needed, with mode C(0600), its folder with mode C(0700). In check mode nothing is written.
    type: path
"""

    # The same for modules that need it.
    REQUIRED = r"""
options:
  ledger:
    description:
      - Absolute path of the client's ledger on the machine where the task runs, one file per client.
      - The file is created when it is needed, with mode C(0600), its folder with mode C(0700). In check mode nothing is written.
      - An empty text is C(~/.local/state/wabiz-onprem/<inventory_hostname>.json).
    type: path
    required: true
"""

    # For modules that write to it.
    OWNER = r"""
options:
  owner:
    description:
      - Filled in by the collection's action plugin; do not give it.
      - It is the play that the task belongs to, for the lease and for two hosts of one play with the same ledger.
    type: dict
"""
