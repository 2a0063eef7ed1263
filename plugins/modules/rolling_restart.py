#!/usr/bin/python
# Copyright (c) 2026, wabiz.onprem contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-FileCopyrightText: 2026 wabiz.onprem contributors
# SPDX-License-Identifier: GPL-3.0-or-later
from __future__ import annotations

DOCUMENTATION = r"""
module: rolling_restart
short_description: Track a rolling restart of the Coreapp, step by step
version_added: 1.0.0
description:
  - Decides which node of a client is restarted next, whether the client is ready for it, and when the restart is done. It
    records each step in the ledger, so that an interrupted restart is continued by the next run.
  - It restarts nothing. Role P(wabiz.onprem.coreapp#role) calls it between the tasks that find and restart nodes. Use the role
    rather than this module.
  - A node counts as restarted when the proof of its start differs from the one that was recorded before the restart.
  - Whatever fails in a step returns the lease first. The message names the settings for which a restart stays pending, and how
    many nodes are done.
author:
  - wabiz.onprem contributors (@wabiz-onprem)
extends_documentation_fragment:
  - wabiz.onprem.connection
  - wabiz.onprem.ledger.required
  - wabiz.onprem.ledger.owner
  - wabiz.onprem.attributes
  - wabiz.onprem.attributes.actiongroup_api
attributes:
  check_mode:
    support: full
    details:
      - No lease is taken and nothing is recorded. V(begin) and V(plan) return what a restart would do.
  diff_mode:
    support: none
  idempotent:
    support: partial
    details:
      - Only the step that completes the restart is a change. It cannot be repeated, as no restart is pending afterwards.
options:
  step:
    description:
      - V(begin) takes the lease if a restart is pending or O(expected) is given. While another run holds the lease, it waits for
        that run, at most O(lease_wait) seconds.
      - V(plan) decides which of the nodes in O(found) are nodes of this client, waits until the client has settled, and records
        the nodes. If an interrupted run had restarted all of them, it completes the restart.
      - V(renew) renews the lease, directly before a node is restarted. It fails if this run does not hold the lease.
      - V(next) records that O(node) was restarted, waits until it is back and the client has settled, and names the next node.
        After the last node it completes the restart, records what is in effect, and returns the lease.
      - V(cancel) returns the lease, if the write that it was taken for turned out to need no restart.
    type: str
    choices: [begin, plan, renew, next, cancel]
    required: true
  expected:
    description:
      - Names of the settings that are about to be written and need a restart. With them, V(begin) takes the lease before a
        restart is pending.
    type: list
    elements: str
    default: []
  defer:
    description: With V(begin), takes no lease and leaves a pending restart as it is.
    type: bool
    default: false
  force:
    description: With V(begin), marks a restart of all nodes as pending, whatever the ledger says.
    type: bool
    default: false
  found:
    description:
      - The nodes, as M(wabiz.onprem.coreapp_nodes) returns them. Required with O(step=plan).
      - If it says that the machine is unreachable, that the task failed, or that there is a problem, the step fails with that.
    type: dict
  node:
    description: Name of the node. Required with O(step=next).
    type: str
  result:
    description:
      - What M(wabiz.onprem.coreapp_node) returned for O(node). Required with O(step=next).
      - If it says that the machine is unreachable, that the task failed, or that there is a problem, the node was not restarted.
        A node that was down before the restart is then skipped, with a warning, where at least two other nodes of its kind are
        up. In all other cases the step fails.
    type: dict
  lease_seconds:
    description:
      - How long the lease lasts without being renewed, for the case that this run is killed on another machine than the next
        one. From 1 to 86400.
    type: int
    default: 1800
  lease_wait:
    description: Seconds to wait at most for another run that holds the lease.
    type: int
    default: 3600
  wait_timeout:
    description: Seconds to wait at most until the client has settled.
    type: int
    default: 600
  interval:
    description: Longest pause between two polls of the health report, in seconds. The first polls follow each other faster.
    type: int
    default: 5
  report_timeout:
    description: With V(plan), seconds to wait at most until the health report names every node that runs, and no longer than O(wait_timeout).
    type: int
    default: 60
  minimum_uptime:
    description:
      - With V(next), seconds after its start until a node counts as back, if its entry in the health report has not changed and its
        engine does not say that it is healthy.
    type: int
    default: 3
  settle:
    description:
      - With V(renew), whether to wait until the client has settled, as a hook or a node may have changed that since the step before.
      - A node that is down is started without waiting.
    type: bool
    default: false
seealso:
  - module: wabiz.onprem.coreapp_nodes
  - module: wabiz.onprem.coreapp_node
  - module: wabiz.onprem.application_settings
  - module: wabiz.onprem.campaign
"""

EXAMPLES = r"""
# Role wabiz.onprem.coreapp does this, for all nodes.
- name: Take the lease for the pending restart
  wabiz.onprem.rolling_restart:
    step: begin
    ledger: /var/lib/wabiz-onprem/client1.json
  register: restart

- name: Find the nodes
  wabiz.onprem.coreapp_nodes:
    strategy: docker
    health: "{{ restart.health }}"
  register: nodes
  when: restart.go

- name: Record the nodes
  wabiz.onprem.rolling_restart:
    step: plan
    ledger: /var/lib/wabiz-onprem/client1.json
    found: "{{ nodes }}"
  register: plan
  when: restart.go

- name: Restart the first node
  wabiz.onprem.coreapp_node:
    strategy: docker
    node: "{{ nodes.nodes | selectattr('name', 'equalto', plan.next) | first }}"
  register: restarted
  when: restart.go

- name: Wait until it is back
  wabiz.onprem.rolling_restart:
    step: next
    ledger: /var/lib/wabiz-onprem/client1.json
    node: "{{ plan.next }}"
    result: "{{ restarted }}"
  when: restart.go
"""

RETURN = r"""
go:
  description: Whether nodes are to be restarted now. Otherwise no restart is pending, or O(defer) is set.
  returned: with O(step=begin)
  type: bool
  sample: true
restart_id:
  description: The id of this restart. It is empty if none is pending and O(expected) is empty.
  returned: with O(step=begin)
  type: str
  sample: 0b5f7c2a9d3e4f1f8a6b7c8d9e0f1a2b
health:
  description:
    - The health report for those who find the nodes, whether it is C(known), whether the client is a C(single) instance, and its
      C(nodes) as in RV(wabiz.onprem.health_info#module:nodes).
  returned: with O(step=begin)
  type: dict
  sample: {known: true, single: false, nodes: []}
nodes:
  description: The nodes of this client, with their C(state), C(role), C(report_key) and the C(proof) that each one is a node of it.
  returned: with O(step=plan), unless it completed the restart
  type: list
  elements: dict
  sample:
    - name: wa-node1/client1-wacore1-1
      state: running
      role: coreapp
      report_key: wacore1:9dfe77618dba
      proof: named by the health report
unknown:
  description: What was found and is not known to be a node of this client, with the C(reason) and how to C(claim) it.
  returned: with O(step=plan), unless it completed the restart
  type: list
  elements: dict
  sample:
    - name: wa-node1/client2-wacore1-1
      reason: it runs, but neither the health report nor the ledger names it
      claim: >-
        if it is a node of this client, select it with coreapp_docker_filters, for example label:
        com.docker.compose.project=client2
client:
  description: The client, as messages name it.
  returned: success
  type: str
  sample: https://client1.example.com:9090
pending:
  description: Whether a restart is pending.
  returned: success
  type: bool
  sample: true
since:
  description: Since when the restart is pending, in UTC. Null if none is.
  returned: success
  type: str
  sample: "2026-04-12T02:10:00Z"
settings:
  description: The settings that the restart is for. Empty for a forced one.
  returned: success
  type: list
  elements: str
  sample: [garbagecollector_enable.messages]
reason:
  description:
    - Why the restart is pending. V(changed) if a setting was changed, V(not_confirmed) if a stored value was not known to be in
      effect, V(forced) with O(force). Null if none is pending.
  returned: success
  type: str
  sample: changed
remaining:
  description: The nodes that are still to be restarted, in their order.
  returned: success
  type: list
  elements: str
  sample: [wacore2, wacore3, master1]
next:
  description: The node to be restarted next. Null if there is none.
  returned: success
  type: str
  sample: wacore2
done:
  description: How many nodes were restarted.
  returned: success
  type: int
  sample: 1
total:
  description: How many nodes there are. V(0) before they were recorded.
  returned: success
  type: int
  sample: 4
at:
  description: When the step ended, in UTC.
  returned: success
  type: str
  sample: "2026-04-12T02:11:30Z"
in_effect:
  description: >-
    What is in effect now of the settings that the restart was for, as RV(wabiz.onprem.application_settings#module:in_effect).
  returned: when the restart is complete
  type: dict
  sample: {garbagecollector_enable.messages: {value: false, confirmed: true, confirmed_at: "2026-04-12T02:11:30Z", reason: null}}
node:
  description: The node that the step was about, from O(node). Empty if none was given.
  returned: success
  type: str
  sample: wacore1
superseded:
  description: Whether another run has changed a setting in the meantime, so that all nodes have to be restarted again.
  returned: success
  type: bool
  sample: false
closed:
  description: Whether the step completed the restart.
  returned: success
  type: bool
  sample: false
predicted:
  description: Whether this is a prediction, in check mode.
  returned: success
  type: bool
  sample: false
message:
  description: What is to be restarted, what was restarted and is in effect, or what is deferred, in one sentence or two.
  returned: success
  type: str
  sample: "4 nodes were restarted. In effect, confirmed at 2026-04-12T02:14:31Z: garbagecollector_enable.messages: false."
error:
  description: What went wrong, for a playbook that decides by it; only what is known.
  returned: when a call fails
  type: dict
  sample:
    client: https://client1.example.com:9090
    doing: restart the Coreapp
    method: GET
    path: /v1/health
    status: 200
    outcome_unknown: false
"""

from ansible_collections.wabiz.onprem.plugins.module_utils._common.module_entry import run_module
from ansible_collections.wabiz.onprem.plugins.module_utils._operations import rolling_restart


def main() -> None:
    run_module(rolling_restart)


if __name__ == "__main__":
    main()
