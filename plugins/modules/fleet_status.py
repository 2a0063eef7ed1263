#!/usr/bin/python
# Copyright (c) 2026, wabiz.onprem contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-FileCopyrightText: 2026 wabiz.onprem contributors
# SPDX-License-Identifier: GPL-3.0-or-later
from __future__ import annotations

# There is no code here: the action plugin of the same name does it all, on the controller.

DOCUMENTATION = r"""
module: fleet_status
short_description: Show the status of all clients of a play, worst first, and say by its result whether all is well
version_added: 1.0.0
description:
  - Makes one document of the results that M(wabiz.onprem.client_status) has left for each client, and shows it as a table.
  - A client of which the task failed, or of which the host could not be reached, is in the document as well, with that as its
    finding.
  - It runs on the controller, once for the whole play, whatever the connection of the hosts is.
  - It reads nothing and writes nothing but the files of O(json) and O(html).
author:
  - wabiz.onprem contributors (@wabiz-onprem)
extends_documentation_fragment:
  - wabiz.onprem.attributes
attributes:
  check_mode:
    support: full
    details:
      - The table is shown, and no file is written.
  diff_mode:
    support: none
  idempotent:
    support: full
    details:
      - The files are written each time, as they show when they were made. It is a change if they say anything else that is new.
options:
  results:
    description:
      - The registered results of M(wabiz.onprem.client_status), by the name of the host.
    type: dict
    required: true
  json:
    description:
      - Path of a file on the controller for the document as JSON. It is replaced in one step.
    type: str
  html:
    description:
      - Path of a file on the controller for the document as a page. It needs nothing beside it, and no network. It is replaced
        in one step.
    type: str
  mode:
    description:
      - The mode of these files, in octal digits and quotes. V(0600), V(0640), V(0604) or V(0644).
    type: str
    default: "0600"
  fail_at:
    description:
      - From which level on the task fails, after all has been shown and written.
    type: str
    choices: [warning, critical, never]
    default: warning
  table:
    description:
      - Whether to show the table.
    type: bool
    default: true
  show:
    description:
      - Which clients the table shows. With V(attention), those that are ok are only counted.
    type: str
    choices: [attention, all]
    default: attention
seealso:
  - module: wabiz.onprem.client_status
"""

EXAMPLES = r"""
- name: Look at each client
  wabiz.onprem.client_status:
    ledger: /var/lib/wabiz-onprem/{{ inventory_hostname }}.json
  register: looked
  ignore_errors: true
  ignore_unreachable: true

- name: Show them all
  wabiz.onprem.fleet_status:
    results: >-
      {{ dict(ansible_play_hosts_all | zip(ansible_play_hosts_all | map('extract', hostvars)
      | map(attribute='looked', default={}))) }}
    json: /var/lib/wabiz-onprem/status.json
    fail_at: critical
  delegate_to: localhost
  run_once: true
"""

RETURN = r"""
summary:
  description: How many clients there are in all and on each level, and the worst level.
  returned: always
  type: dict
  sample: {clients: 200, critical: 4, warning: 6, ok: 190, worst: critical}
clients:
  description:
    - The clients, worst first and then by name. Each has C(name), the name of its host, and what RV(wabiz.onprem.client_status#module:client)
      shows.
    - V(unreachable) and V(task_failed) are findings that occur only here.
  returned: when the task does not fail; with O(fail_at=never) it never does because of a client
  type: list
  elements: dict
  sample:
    - name: client1
      api_url: https://client1.example.com:9090
      level: ok
      findings: []
      api_version: 2.53.1
      health: {settled: true, connected: 1, nodes: [{name: client, role: single, status: connected}]}
      campaigns: []
      message_collection: {set: true, in_effect: true, confirmed_at: "2026-04-01T08:04:12Z", doubt: null, held: false}
      restart: {pending: false, since: null, settings: [], reason: null}
      held_settings: []
      drift: []
"""
