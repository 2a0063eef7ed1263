#!/usr/bin/python
# Copyright (c) 2026, wabiz.onprem contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-FileCopyrightText: 2026 wabiz.onprem contributors
# SPDX-License-Identifier: GPL-3.0-or-later
from __future__ import annotations

DOCUMENTATION = r"""
module: restart_progress
short_description: Keep the books of an owed restart of the Coreapp, step by step
version_added: 1.0.0
description:
  - M(wabiz.onprem.application_settings) with a ledger notes there that a restart is owed. This module keeps the books while
    it is done, one node at a time. It says which node is next, notes which are done, and closes the restart when all are.
  - It restarts nothing, and talks to no API. Role P(wabiz.onprem.coreapp#role) is built on it, and is what most users want.
  - A node counts as restarted when its start time, as the runtime of the node tells it, is another one than before.
  - A lease keeps two runs from restarting nodes of one client at the same time. Every step but O(step=read) is refused to a
    run that does not hold it. A run that has died on this machine loses it at once, any other when it expires.
author:
  - wabiz.onprem contributors (@wabiz-onprem)
extends_documentation_fragment:
  - wabiz.onprem.ledger.required
  - wabiz.onprem.attributes
attributes:
  check_mode:
    support: full
    details:
      - No lease is taken. The answer tells what it would be.
  diff_mode:
    support: none
  idempotent:
    support: full
    details:
      - The lease does not count as a change.
options:
  step:
    description:
      - V(read) tells whether a restart is owed, and how far it is.
      - V(begin) takes the lease, or renews it. With O(nodes) it also notes the nodes as they are; what was noted before by a run
        that did not come to its end is kept, and nodes that have been restarted since are done.
      - V(next) names the node that is to be restarted next. First nodes that do not run, then Coreapps, then secondary
        masters, and last the primary master, by the roles in O(health). Renews the lease.
      - V(advance) notes that O(node) is done. It fails if the node's start time has not changed. Renews the lease.
      - V(finish) closes the restart if it is still the one with this O(id) and all nodes are done, and gives the lease back.
      - V(release) gives the lease back, and changes nothing else.
    type: str
    required: true
    choices: [read, begin, next, advance, finish, release]
  id:
    description:
      - The restart that the step is about, RV(id) of an earlier step. A change of settings in between makes a new one.
      - Required for O(step=next), O(step=advance) and O(step=finish).
    type: str
  nodes:
    description:
      - For O(step=begin), all nodes of the client that have to be restarted. Without it only the lease is taken, so that the
        nodes can be looked up while nobody else restarts any.
    type: list
    elements: dict
    suboptions:
      name:
        description: Name of the node, unique within the client.
        type: str
        required: true
      role:
        description: What the node is, for the time in which the client does not report it.
        type: str
        choices: [coreapp, master]
        default: coreapp
      started:
        description: When the node was started, as its runtime writes it. It is compared with itself only. Empty where it never was.
        type: str
        default: ""
      running:
        description: Whether the node runs.
        type: bool
        default: true
      health_key:
        description:
          - The node in the health report, as C(nodes[].key) or C(nodes[].name) of M(wabiz.onprem.health_info) tell it.
          - Without it the node is looked for by its name.
        type: str
        default: ""
      host:
        description: The machine that the node runs on. Kept for people who read the ledger.
        type: str
        default: ""
      size:
        description:
          - How many nodes of the health report this one stands for, such as the replicas of a workload that is restarted as a whole.
        type: int
        default: 1
      details:
        description: What the caller wants to keep with the node. Ignored.
        type: dict
  health:
    description:
      - RV(wabiz.onprem.health_info#module:nodes) as it is now.
    type: list
    elements: dict
  connected:
    description:
      - For O(step=begin), how many nodes are connected before the first one is restarted. Counted in O(health) if it is not
        given.
    type: int
  lease_seconds:
    description:
      - For O(step=begin), how long the lease lasts after each step. It has to be longer than the restart of one node and the
        wait for it together.
    type: int
    default: 900
  lease_wait:
    description:
      - For O(step=begin), how many seconds to wait for the lease at most while another run has it. The task tells for whom it
        waits, where it runs in the process of the controller. In check mode it does not wait.
    type: int
    default: 0
  node:
    description: For O(step=advance), name of the node that was restarted.
    type: str
  started:
    description: For O(step=advance), when that node was started, as its runtime tells it now.
    type: str
  predicted_settings:
    description:
      - In check mode, settings that a restart would be owed for, as an earlier task has predicted them
        (RV(wabiz.onprem.application_settings#module:restart_settings)). Ignored outside of check mode.
    type: list
    elements: str
  owner:
    description:
      - The run that the lease is for. Filled in by the collection; do not give it.
    type: dict
seealso:
  - module: wabiz.onprem.health_info
"""

EXAMPLES = r"""
- name: See whether a restart is owed
  wabiz.onprem.restart_progress:
    ledger: /var/lib/wabiz-onprem/client1.json
    step: read
  register: progress

- name: Take the lease, and wait for whoever has it
  wabiz.onprem.restart_progress:
    ledger: /var/lib/wabiz-onprem/client1.json
    step: begin
    lease_wait: 600
  register: progress

- name: Note the nodes as they are
  wabiz.onprem.restart_progress:
    ledger: /var/lib/wabiz-onprem/client1.json
    step: begin
    nodes:
      - name: wacore1
        role: coreapp
        started: "2026-11-20T08:15:02.123Z"
        health_key: wacore1:9dfe77618dba
    health: "{{ health.nodes }}"
  register: progress

- name: Ask which node is next
  wabiz.onprem.restart_progress:
    ledger: /var/lib/wabiz-onprem/client1.json
    step: next
    id: "{{ progress.id }}"
    health: "{{ health.nodes }}"
  register: progress
"""

RETURN = r"""
client:
  description: The client that the ledger is of, as its last settings task has named it. Empty before the first one.
  returned: success
  type: str
  sample: https://wa.example.com:9090
owed:
  description: Whether a restart is owed (still, after the step).
  returned: success
  type: bool
  sample: true
id:
  description: Which restart it is. Null where none is owed.
  returned: success
  type: str
  sample: 1b9d6bcdbbfd4b2d9b5dab8dfbbd4bed
since:
  description: Since when a restart is owed.
  returned: success
  type: str
  sample: "2026-11-22T15:04:05Z"
settings:
  description: Names of the settings that wait for it.
  returned: success
  type: list
  elements: str
  sample: [garbagecollector_enable.messages]
remaining:
  description: Names of the nodes that are not done, in the order in which they would be restarted. Empty before O(nodes) were given.
  returned: success
  type: list
  elements: str
  sample: [wacore2, master2, master1]
total:
  description: How many nodes there are.
  returned: success
  type: int
  sample: 5
expect_connected:
  description:
    - How many nodes have to be connected before the next one may be restarted, for O(wabiz.onprem.health_info#module:expect_connected).
    - Null before O(nodes) were given.
  returned: success
  type: int
  sample: 3
lease:
  description: Who may restart nodes. Null while nobody does.
  returned: success
  type: dict
  contains:
    owner:
      description: Who has the lease.
      type: str
      sample: process 4711 on deploy.example.com
    until:
      description: Until when, unless it is renewed.
      type: str
      sample: "2026-11-22T15:19:05Z"
    yours:
      description: Whether that is the run that asks.
      type: bool
      sample: true
  sample:
    owner: process 4711 on deploy.example.com
    until: "2026-11-22T15:19:05Z"
    yours: true
predicted:
  description:
    - Whether the step was taken in check mode, so that this is what would be, and the ledger does not know it.
  returned: success
  type: bool
  sample: false
lease_granted:
  description: Whether this run has the lease now. If not, nothing was written.
  returned: with O(step=begin)
  type: bool
  sample: true
next_node:
  description: Name of the node to restart next. Null where none is left.
  returned: with O(step=next)
  type: str
  sample: wacore2
closed:
  description: Whether the restart is closed.
  returned: with O(step=finish)
  type: bool
  sample: true
superseded:
  description: Whether another restart is owed by now, or this one is not complete, so that one has to begin again.
  returned: with O(step=next), O(step=advance) and O(step=finish)
  type: bool
  sample: false
"""

from ansible_collections.wabiz.onprem.plugins.module_utils._common.module_entry import run_module
from ansible_collections.wabiz.onprem.plugins.module_utils._operations import restart_progress


def main() -> None:
    run_module(restart_progress)


if __name__ == "__main__":
    main()
