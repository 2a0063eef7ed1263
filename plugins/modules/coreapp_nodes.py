#!/usr/bin/python
# Copyright (c) 2026, wabiz.onprem contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-FileCopyrightText: 2026 wabiz.onprem contributors
# SPDX-License-Identifier: GPL-3.0-or-later
from __future__ import annotations

# There is no code here: the action plugin of the same name does it all, by running modules of other collections.

DOCUMENTATION = r"""
module: coreapp_nodes
short_description: Find the nodes of a client on one machine or cluster
version_added: 1.0.0
description:
  - Lists what may be the Coreapps and masters of a client, with the start of each as its engine shows it.
  - It restarts nothing and changes nothing.
  - What is found is not yet a node of this client, as other clients may run on the same machine. Which ones are is decided by
    role P(wabiz.onprem.coreapp#role), from the health report, from the ledger and from what the options select.
  - Environments of containers and manifests of workloads, which hold passwords, are read and not returned.
  - It does not fail where an engine does not respond or a workload cannot be restarted. See RV(problem).
author:
  - wabiz.onprem contributors (@wabiz-onprem)
extends_documentation_fragment:
  - wabiz.onprem.attributes
attributes:
  check_mode:
    support: full
    details:
      - It reads the same in check mode.
  diff_mode:
    support: none
  idempotent:
    support: full
    details:
      - It changes nothing.
requirements:
  - O(strategy=docker) needs the collection C(community.docker), and what its modules need where the task runs.
  - O(strategy=kubernetes) needs the collection C(kubernetes.core), and the Python package C(kubernetes) where the task runs.
options:
  strategy:
    description:
      - V(docker) finds containers by the image that they were made with, stopped ones as well.
      - V(kubernetes) reads the workloads in O(workloads) and their pods.
      - V(command) runs a command of yours for each node in O(nodes).
    type: str
    choices: [docker, kubernetes, command]
    required: true
  health:
    description:
      - The health report as the role has it, with the keys C(known), C(single) and C(nodes).
      - For V(kubernetes) it says whether the client is a single instance, which must not run twice during a rollout.
    type: dict
    default: {}
  restart_id:
    description:
      - For V(kubernetes), the id of the pending restart. A workload whose pods are all of this restart has a start.
    type: str
    default: ''
  purpose:
    description: For V(check), a workload that could not be restarted one pod at a time is no problem.
    type: str
    choices: [restart, check]
    default: restart
  previous:
    description:
      - The result of this module for another machine. Its nodes, engines and problem are kept, so that the last result holds all.
      - A container that was found before is not listed twice, where an engine is asked under two names.
    type: dict
    default: {}
  image:
    description:
      - For V(docker), the repository of the image of Coreapps and masters. Parts of the path are compared as wholes, and a
        registry may be before it. A tag or digest counts if there is one.
    type: str
    default: whatsapp.biz/coreapp
  filters:
    description:
      - For V(docker), filters for the containers, as O(community.docker.docker_host_info#module:containers_filters).
      - A filter with the key C(label), C(name), C(id), C(network) or C(volume) selects the containers as nodes of this client.
    type: dict
    default: {}
  namespace:
    description: For V(kubernetes), the namespace of the workloads.
    type: str
    default: default
  kubeconfig:
    description: For V(kubernetes), path of the configuration to reach the API server with. The path is resolved where the task runs.
    type: str
  context:
    description: For V(kubernetes), the context to use of that configuration.
    type: str
  workloads:
    description: For V(kubernetes), the workloads that are the Coreapps and masters of the client.
    type: list
    elements: dict
    default: []
    suboptions:
      kind:
        description: What the workload is.
        type: str
        choices: [Deployment, StatefulSet]
        required: true
      name:
        description: Name of the workload.
        type: str
        required: true
      role:
        description: What its pods are, where the health report does not say.
        type: str
        choices: [coreapp, master]
        default: coreapp
  nodes:
    description: For V(command), the nodes of the client.
    type: list
    elements: dict
    default: []
    suboptions:
      name:
        description: Name of the node.
        type: str
        required: true
      role:
        description: What the node is, where the health report does not say.
        type: str
        choices: [coreapp, master]
        default: coreapp
      health_key:
        description: The node as the health report names it, C(host:container-id) or the part before the colon. By default the name.
        type: str
        default: ''
      host:
        description: The inventory host that the node is restarted from. By default the one that the task runs on.
        type: str
        default: ''
  started_command:
    description:
      - For V(command), the name of each node, and as a list of program and arguments the command that prints when it was started.
        It prints nothing while the node does not run.
      - By default the variable C(coreapp_started_command), in which C(coreapp_node) is the name of the node.
    type: dict
seealso:
  - module: wabiz.onprem.coreapp_node
  - module: wabiz.onprem.health_info
"""

EXAMPLES = r"""
- name: Find the nodes of the client on this machine
  wabiz.onprem.coreapp_nodes:
    strategy: docker
    filters:
      label: com.docker.compose.project=client1
  register: nodes

- name: Find those on a second machine as well
  wabiz.onprem.coreapp_nodes:
    strategy: docker
    filters:
      label: com.docker.compose.project=client1
    previous: "{{ nodes }}"
  delegate_to: wa-node2
  register: nodes

- name: Find the nodes of a client in Kubernetes
  wabiz.onprem.coreapp_nodes:
    strategy: kubernetes
    namespace: whatsapp
    workloads:
      - kind: Deployment
        name: whatsapp-coreapp
      - kind: Deployment
        name: whatsapp-master
        role: master
  register: nodes
"""

RETURN = r"""
nodes:
  description: What was found, here and in O(previous).
  returned: success
  type: list
  elements: dict
  contains:
    name:
      description: The unique name, for Docker machine and container, for Kubernetes kind and workload.
      type: str
      sample: wa-node1/client1-wacore1-1
    role:
      description: V(coreapp) or V(master), for the time in which the health report does not say.
      type: str
      sample: coreapp
    started:
      description: The proof of its last start, to be compared with a later one. Empty if there is none.
      type: str
      sample: '2025-03-01T09:15:02.123456789Z'
    running:
      description: Whether it runs. A container that is paused, or that the engine is about to start again, does not.
      type: bool
      sample: true
    state:
      description: Its condition, for messages.
      type: str
      sample: running
    size:
      description: How many nodes of the health report it stands for.
      type: int
      sample: 1
    host:
      description: The inventory host that it is restarted from.
      type: str
      sample: wa-node1
    engine:
      description: The id of its engine. Empty for O(strategy=command).
      type: str
      sample: 5L3C:GH22:Y7P2:5IVH:XH7O:4HXK:TBWK:XL73:MK75:KYSD:ZITA:M4JA
    report_ids:
      description: Texts by which the health report may name it.
      type: list
      elements: str
      sample: [9dfe77618dba, wacore1]
    selected:
      description: Whether an option names it, so that it needs no other proof.
      type: bool
      sample: true
    health:
      description: The result of its health check or readiness probe. Empty if there is none.
      type: str
      sample: healthy
    runs:
      description:
        - For O(strategy=kubernetes), an identification of the pods and containers that run now. It changes when one of them is
          replaced or starts again. Empty for the other strategies, whose C(started) is enough.
      type: str
      sample: pods 6f1ed002ab5595859014ebf0951522d9
    details:
      description: What the strategy needs to restart it.
      type: dict
      sample: {id: 9dfe77618dba0b2a3c1f4d5e6f708192a3b4c5d6e7f8091a2b3c4d5e6f708192}
engines:
  description: The ids of the engines that were asked, and the inventory host of each.
  returned: success
  type: dict
  sample: {'5L3C:GH22:Y7P2:5IVH:XH7O:4HXK:TBWK:XL73:MK75:KYSD:ZITA:M4JA': wa-node1}
problem:
  description: Why the nodes may not be restarted as they are. Empty if nothing prevents it.
  returned: success
  type: str
  sample: ''
"""
