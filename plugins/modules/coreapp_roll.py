#!/usr/bin/python
# Copyright (c) 2026, wabiz.onprem contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-FileCopyrightText: 2026 wabiz.onprem contributors
# SPDX-License-Identifier: GPL-3.0-or-later
from __future__ import annotations

# There is no code here: the action plugin of the same name does it all, on the controller.

DOCUMENTATION = r"""
module: coreapp_roll
short_description: Restart the nodes of a client, one after another, in one task
version_added: 1.0.0
description:
  - Runs M(wabiz.onprem.coreapp_node) and the step V(next) of M(wabiz.onprem.rolling_restart) for each node, until no node is left
    or a step fails. It shows one line for each node.
  - The role P(wabiz.onprem.coreapp#role) uses it where the ledger and all nodes are on the inventory host of the client and no hooks
    are set. Otherwise the role runs these modules as tasks of their own.
author:
  - wabiz.onprem contributors (@wabiz-onprem)
extends_documentation_fragment:
  - wabiz.onprem.attributes
attributes:
  check_mode:
    support: full
  diff_mode:
    support: none
  idempotent:
    support: none
options:
  plan:
    description:
      - The result of the step V(plan) of M(wabiz.onprem.rolling_restart).
    type: dict
    required: true
  found:
    description:
      - The result of M(wabiz.onprem.coreapp_nodes).
    type: dict
    required: true
  restart:
    description:
      - Options for M(wabiz.onprem.coreapp_node), without the node. The commands are those of the variables
        C(coreapp_restart_command) and C(coreapp_started_command), evaluated for each node.
    type: dict
    required: true
  record:
    description:
      - Options for the step V(next) of M(wabiz.onprem.rolling_restart), without the node and its result.
    type: dict
    required: true
seealso:
  - module: wabiz.onprem.rolling_restart
  - module: wabiz.onprem.coreapp_node
"""

EXAMPLES = r"""
- name: Restart one node after another
  wabiz.onprem.coreapp_roll:
    plan: "{{ planned }}"
    found: "{{ found }}"
    restart:
      strategy: docker
    record:
      ledger: /var/lib/wabiz-onprem/client1.json
"""

RETURN = r"""
restarted:
  description: The nodes that were restarted, in their order. The other values are those of the last step.
  returned: always
  type: list
  elements: str
  sample: [wacore1, master1]
"""
