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
  - With O(wait_for) it looks again and again until the client has settled, as after a restart of a Coreapp.
  - A client is settled when no node is V(connecting) or V(uninitialized), and when at least O(expect_connected) nodes are
    V(connected). An empty report is not settled. V(disconnected) is normal for a node that is in reserve. A Multiconnect
    client connects as many Coreapps as it has shards, and its primary master.
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
      - API key of the Webapp (its environment variable C(WA_API_KEY)). The API takes it for the health, and not for settings.
      - With it there is no login. O(token) wins over it, and it wins over O(password).
      - Environment variable E(WABIZ_ONPREM_API_KEY) is used when it is not given.
    type: str
  wait_for:
    description:
      - What to wait for. Without it the module looks once.
      - While it waits, an answer that says that the client is starting (API codes 1011, 1014, 1017, 1018 and alike), a
        connection that is refused or cut, and no answer at all count as not settled yet. What cannot pass by itself ends the
        wait at once, for example a wrong password, an expired token or an untrusted certificate.
      - At least every 10 seconds it tells what it waits for, since when, and for how long at most, where the task runs in
        the process of the controller. A module on a target has no way to tell anything before its end.
    type: str
    choices:
      - settled
  expect_connected:
    description:
      - How many nodes have to be V(connected) at least, so that the client counts as settled.
      - Give what RV(connected) was before a restart. Without it, a client of which no node is connected may count as settled.
    type: int
  wait_timeout:
    description:
      - Seconds to wait at most. After them the task fails, and names the nodes that have not settled.
      - While the module waits, O(retry_timeout) does not count, and one look takes at most 8 seconds whatever O(timeout) is.
    type: int
    default: 600
  interval:
    description:
      - Seconds between two looks.
    type: int
    default: 5
seealso:
  - module: wabiz.onprem.restart_progress
    description: Uses what this module returns to restart the nodes in the right order.
"""

EXAMPLES = r"""
- name: Read the health
  wabiz.onprem.health_info:
    api_url: https://client1.example.com:9090
    password: "{{ wabiz_onprem_password }}"
    ca_path: /etc/ssl/certs/client1.pem
  register: health

- name: Show who the primary master is
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
        - V(primary_master), V(secondary_master) or V(coreapp). V(single) for a single instance. V(unknown) where the client
          does not tell it.
      type: str
      sample: coreapp
    status:
      description:
        - V(connected), V(connecting), V(disconnected), V(uninitialized) or V(unregistered), as the client reports it.
          V(unknown) where it reports none, which does not count as settled.
      type: str
      sample: connected
    key:
      description: The node as the client reports it, C(name:container_id). Empty for a single instance.
      type: str
      sample: wacore1:9dfe77618dba
  sample:
    - name: master1
      container_id: 06475793be9d
      role: primary_master
      status: connected
      key: master1:06475793be9d
    - name: wacore1
      container_id: 9dfe77618dba
      role: coreapp
      status: connected
      key: wacore1:9dfe77618dba
settled:
  description: Whether the client is settled, with O(expect_connected) taken into account.
  returned: success
  type: bool
  sample: true
connected:
  description: How many nodes are V(connected), masters included.
  returned: success
  type: int
  sample: 2
primary_master:
  description: The RV(nodes[].key) of the primary master. Null for a single instance, and while no node or more than one is it.
  returned: success
  type: str
  sample: master1:06475793be9d
single:
  description: Whether this is a single instance.
  returned: success
  type: bool
  sample: false
api_version:
  description: Version of the client. Null where it does not tell it.
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
