#!/usr/bin/python
# Copyright (c) 2026, wabiz.onprem contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-FileCopyrightText: 2026 wabiz.onprem contributors
# SPDX-License-Identifier: GPL-3.0-or-later
from __future__ import annotations

# There is no code here: the action plugin of the same name does it all, by running modules of other collections.

DOCUMENTATION = r"""
module: coreapp_node
short_description: Restart one node of a client, or start it
version_added: 1.0.0
description:
  - Restarts one node that M(wabiz.onprem.coreapp_nodes) has found, or starts it if it is down, and returns the proof of its start.
  - A Docker container is restarted by its id, by one call to the engine, and stays what it is. A restart is no upgrade, whatever
    the tag of its image names by now.
  - A workload of Kubernetes is rolled out by the annotation C(wabiz.onprem/restart) in its pod template. With the same id a second
    time nothing changes, and the module waits for the rollout that is under way.
  - It knows nothing of the other nodes. The order, the health report and the ledger are the business of role
    P(wabiz.onprem.coreapp#role).
  - It does not fail where an engine does not do what it was asked. See RV(problem).
author:
  - wabiz.onprem contributors (@wabiz-onprem)
extends_documentation_fragment:
  - wabiz.onprem.attributes
attributes:
  check_mode:
    support: full
    details:
      - Nothing is restarted.
  diff_mode:
    support: none
  idempotent:
    support: none
    details:
      - Each call restarts the node, with O(strategy=kubernetes) once for each O(restart_id).
requirements:
  - O(strategy=docker) needs the collection C(community.docker), and what its modules need where the task runs.
  - O(strategy=kubernetes) needs the collection C(kubernetes.core), and the Python package C(kubernetes) where the task runs.
options:
  strategy:
    description: How the node is restarted.
    type: str
    choices: [docker, kubernetes, command]
    required: true
  node:
    description: The node as M(wabiz.onprem.coreapp_nodes) returns it in RV(wabiz.onprem.coreapp_nodes#module:nodes).
    type: dict
    required: true
  restart_id:
    description: The id of the pending restart. Required for V(kubernetes).
    type: str
    default: ''
  stop_timeout:
    description:
      - For V(docker), seconds that the container has for ending by itself before it is killed. By default its own, which is 10
        where it was made without one.
      - For V(kubernetes) the pods' own C(terminationGracePeriodSeconds) counts.
    type: int
  timeout:
    description: Seconds to wait at most for the start or the rollout.
    type: int
    default: 600
  stays_up:
    description:
      - For V(docker), how many seconds to wait before the check whether the container is still up. The check itself comes later by what
        the start of a module takes, and the role waits for the health report after it.
      - If the engine had to start the container again, it must be up for five seconds.
    type: float
    default: 0.0
  namespace:
    description: For V(kubernetes), the namespace of the workload.
    type: str
    default: default
  kubeconfig:
    description: For V(kubernetes), path of the configuration to reach the API server with. The path is resolved where the task runs.
    type: str
  context:
    description: For V(kubernetes), the context to use of that configuration.
    type: str
  restart_command:
    description: For V(command), what restarts the node, as a list of program and arguments. If the node is down, it has to start it.
    type: list
    elements: str
    default: []
  started_command:
    description:
      - For V(command), what prints when the node was started, in any form, and nothing while it does not run; as a list of program
        and arguments.
    type: list
    elements: str
    default: []
seealso:
  - module: wabiz.onprem.coreapp_nodes
"""

EXAMPLES = r"""
- name: Find the nodes of the client
  wabiz.onprem.coreapp_nodes:
    strategy: docker
    filters:
      label: com.docker.compose.project=client1
  register: nodes

- name: Restart the first one
  wabiz.onprem.coreapp_node:
    strategy: docker
    node: "{{ nodes.nodes[0] }}"
  register: restarted
  failed_when: restarted.problem | length > 0
"""

RETURN = r"""
name:
  description: Name of the node.
  returned: success
  type: str
  sample: wa-node1/client1-wacore1-1
started:
  description: The proof of its start, which differs from the one before. Empty if there is none.
  returned: success
  type: str
  sample: '2025-03-01T09:20:31.987654321Z'
runs:
  description: For O(strategy=kubernetes), an identification of the pods and containers that run now. Otherwise empty.
  returned: success
  type: str
  sample: pods 6f1ed002ab5595859014ebf0951522d9
state:
  description: Its condition, for messages.
  returned: success
  type: str
  sample: running
health:
  description: The result of its health check or readiness probe, V(healthy), V(unhealthy) or V(starting). Empty if there is none.
  returned: success
  type: str
  sample: healthy
report_ids:
  description: Texts by which the health report may name it from now on.
  returned: success
  type: list
  elements: str
  sample: [9dfe77618dba, wacore1]
up_seconds:
  description: How long it has been up at least, in seconds.
  returned: success
  type: float
  sample: 0.62
problem:
  description: Why the node was not restarted, or does not stay up. Empty if all is well.
  returned: success
  type: str
  sample: 'it does not stay up: it is exited, exit code 3; check its log'
"""
