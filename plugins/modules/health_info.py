#!/usr/bin/python
# Copyright (c) 2026, wabiz.onprem contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-FileCopyrightText: 2026 wabiz.onprem contributors
# SPDX-License-Identifier: GPL-3.0-or-later
from __future__ import annotations

DOCUMENTATION = r"""
module: health_info
short_description: Read the health of a WhatsApp Business On-Premises client, or wait until it has settled
version_added: 1.0.0
description:
  - Reads C(GET /v1/health), and returns the nodes of a Multiconnect client and the one node of a single instance in the same
    form.
  - With O(wait_for) it polls until the client has settled, as after a restart of a Coreapp.
  - A client has settled when no node is starting, and when at least O(expect_connected) nodes are V(connected). A node is starting
    while it is V(connecting) or V(uninitialized), has neither a status nor errors, or has errors with API code 1011, 1015 or
    1016. An empty report is not settled.
  - A node that is down is not waited for, except as far as O(expect_connected) needs it.
  - V(disconnected) is normal for a spare node. A Multiconnect client connects as many Coreapps as it has shards.
author:
  - wabiz.onprem contributors (@wabiz-onprem)
extends_documentation_fragment:
  - wabiz.onprem.connection
  - wabiz.onprem.attributes
  - wabiz.onprem.attributes.info_module
  - wabiz.onprem.attributes.actiongroup_api
options:
  api_key:
    description:
      - API key of the Webapp (its environment variable C(WA_API_KEY)). The API accepts it for the health, not for settings.
      - With it there is no login. O(token) takes precedence over it, and it takes precedence over O(password).
      - Environment variable E(WABIZ_ONPREM_API_KEY) is used when it is not given.
    type: str
  wait_for:
    description:
      - What to wait for. Without it the module reads the health once.
      - While it waits, a response which shows that the client is starting (API codes 1011, 1014, 1017, 1018 and similar), a
        connection that is refused or cut, and no response count as not settled yet. What does not pass by itself ends the wait at
        once, for example a wrong password, an expired token or an untrusted certificate.
      - At least every 10 seconds it reports what it waits for, for how long already, and for how long at most, if the task runs in
        the process of the controller. A module on a target cannot report anything before its end.
    type: str
    choices:
      - settled
  expect_connected:
    description:
      - How many nodes have to be V(connected) at least for the client to count as settled.
      - Give what RV(connected) was before a restart. Without it, a client without any connected node may count as settled.
    type: int
  wait_timeout:
    description:
      - Seconds to wait at most. After that the task fails, and names the nodes that have not settled.
      - While the module waits, O(retry_timeout) does not apply, and one poll takes at most 8 seconds whatever O(timeout) is.
    type: int
    default: 600
  interval:
    description:
      - Longest pause between two polls, in seconds. The first polls follow each other faster.
    type: int
    default: 5
seealso:
  - module: wabiz.onprem.rolling_restart
    description: Waits in the same way after each restart of a node.
"""

EXAMPLES = r"""
- name: Read the health
  wabiz.onprem.health_info:
    api_url: https://client1.example.com:9090
    password: "{{ wabiz_onprem_password }}"
    ca_path: /etc/ssl/certs/client1.pem
  register: health

- name: Show the primary master
  ansible.builtin.debug:
    var: health.primary_master

- name: Wait until as many nodes are connected as before
  wabiz.onprem.health_info:
    api_url: https://client1.example.com:9090
    password: "{{ wabiz_onprem_password }}"
    wait_for: settled
    expect_connected: "{{ health.connected }}"
    wait_timeout: 900

- name: Read the health with the API key, without a login
  wabiz.onprem.health_info:
    api_url: https://client1.example.com:9090
    api_key: "{{ wabiz_onprem_api_key }}"
"""

RETURN = r"""
nodes:
  description: The nodes that the client reports, in the order of their keys. A single instance has exactly one.
  returned: success
  type: list
  elements: dict
  contains:
    name:
      description: Host name of the node. V(client) for a single instance, which reports no name.
      type: str
      sample: wacore1
    container_id:
      description: Id of the node's container, as far as the client reports it. Empty for a single instance.
      type: str
      sample: 9dfe77618dba
    role:
      description:
        - V(primary_master), V(secondary_master) or V(coreapp). V(single) for a single instance. V(unknown) if the client does not
          report it, as for a node with errors.
      type: str
      sample: coreapp
    status:
      description:
        - V(connected), V(connecting), V(disconnected), V(uninitialized) or V(unregistered), as the client reports it.
        - V(error) if the client reports errors instead of a status, as for a node that is not ready or cannot be reached.
          RV(nodes[].code) and RV(nodes[].details) then have the reason.
        - V(unknown) if it reports neither, which does not count as settled.
      type: str
      sample: connected
    key:
      description: The node as the client reports it, C(name:container_id). Empty for a single instance.
      type: str
      sample: wacore1:9dfe77618dba
    code:
      description: The API code of the first error. Null for a node without errors.
      type: int
      sample: 1014
    details:
      description: The details of the first error, in the client's own text. Empty for a node without errors.
      type: str
      sample: "Connection refused: wacore2:6252"
  sample:
    - name: master1
      container_id: 06475793be9d
      role: primary_master
      status: connected
      key: master1:06475793be9d
      code: null
      details: ''
    - name: wacore1
      container_id: 9dfe77618dba
      role: coreapp
      status: connected
      key: wacore1:9dfe77618dba
      code: null
      details: ''
    - name: wacore2
      container_id: 1d2f0c7a44b1
      role: unknown
      status: error
      key: wacore2:1d2f0c7a44b1
      code: 1014
      details: "Connection refused: wacore2:6252"
settled:
  description: Whether the client has settled, with O(expect_connected) taken into account.
  returned: success
  type: bool
  sample: true
connected:
  description: How many nodes are V(connected), masters included.
  returned: success
  type: int
  sample: 2
primary_master:
  description: The RV(nodes[].key) of the primary master. Null for a single instance, and while none or several nodes have that role.
  returned: success
  type: str
  sample: master1:06475793be9d
single:
  description: Whether this is a single instance.
  returned: success
  type: bool
  sample: false
api_version:
  description: Version of the client. Null if it does not report one.
  returned: success
  type: str
  sample: 2.53.1
"""

from ansible_collections.wabiz.onprem.plugins.module_utils._common.module_entry import run_module
from ansible_collections.wabiz.onprem.plugins.module_utils._operations import health_info


def main() -> None:
    run_module(health_info)


if __name__ == "__main__":
    main()
