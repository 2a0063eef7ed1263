#!/usr/bin/python
# Copyright (c) 2026, wabiz.onprem contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-FileCopyrightText: 2026 wabiz.onprem contributors
# SPDX-License-Identifier: GPL-3.0-or-later
from __future__ import annotations

# There is no code here: the action plugin of the same name does it all, on the controller.

DOCUMENTATION = r"""
module: run_summary
short_description: Show what a run has done for each client, worst first
version_added: 1.0.0
description:
  - The last task of the playbooks of this collection. It shows a table of what the roles have done for each client of the play,
    the causes of failures, and the command that repeats the run for the clients that have failed.
  - Clients that failed for the same reason share one line.
  - With C(serial), it shows one line for each batch, and the table at the end of the run.
  - Use it in the C(always) section of a block that has the role in its C(block) section, so that it also runs for clients that
    have failed.
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
    support: full
options:
  show:
    description:
      - Which clients have a line. With V(changes), more than 20 unchanged clients are shown as a count.
    type: str
    choices: [changes, all]
    default: changes
  max_fail_percentage:
    description:
      - If more of the clients than this have failed after a batch of a play with C(serial), the run ends before the next one.
    type: float
    default: 100
seealso:
  - module: wabiz.onprem.fleet_status
"""

EXAMPLES = r"""
- name: Settings
  hosts: wa_clients
  gather_facts: false
  tasks:
    - name: Apply the settings, and show what was done
      block:
        - name: Apply the settings
          ansible.builtin.import_role:
            name: wabiz.onprem.application_settings
      always:
        - name: Show the result for each client
          wabiz.onprem.run_summary:
          delegate_to: localhost
          run_once: true
"""

RETURN = r"""
sweep:
  description: What a sweep of campaigns has done. The playbook C(campaign_sweep) gives it to its hook as C(campaign_sweep_found).
  returned: after the last batch of clients
  type: dict
  contains:
    summary:
      description: How many C(clients) there are, and how many of them C(failed), had campaigns C(ended), or were C(repaired).
      type: dict
      returned: always
    clients:
      description: The clients for which there is something to report.
      type: list
      elements: dict
      returned: always
      contains:
        name: {type: str, returned: always, description: The inventory name of the client.}
        outcome: {type: str, returned: always, description: 'One of C(failed), C(ended) and C(repaired).'}
        ended: {type: list, elements: str, returned: always, description: The campaigns that were ended.}
        changed_settings: {type: list, elements: str, returned: always, description: The settings that were written.}
        restart: {type: str, returned: always, description: 'One of C(none), C(pending) and C(done).'}
        problem: {type: str, returned: always, description: Why the client has failed; empty otherwise.}
"""
