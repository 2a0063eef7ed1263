#!/usr/bin/python
# Copyright (c) 2026, wabiz.onprem contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-FileCopyrightText: 2026 wabiz.onprem contributors
# SPDX-License-Identifier: GPL-3.0-or-later
from __future__ import annotations

DOCUMENTATION = r"""
module: media_provider
short_description: Manage a media provider of a WhatsApp Business On-Premises client
version_added: 1.0.0
description:
  - A media provider holds the credentials with which the client fetches media from a web server. This module adds, replaces
    and removes one of them on the edge C(/v1/settings/application/media/providers).
  - The API has no partial change. A provider that differs in anything is written as a whole.
  - Media providers need no restart.
author:
  - wabiz.onprem contributors (@wabiz-onprem)
extends_documentation_fragment:
  - wabiz.onprem.connection
  - wabiz.onprem.ledger
  - wabiz.onprem.ledger.owner
  - wabiz.onprem.attributes
  - wabiz.onprem.attributes.actiongroup_api
attributes:
  check_mode:
    support: full
  diff_mode:
    support: full
    details:
      - Secrets are hidden on both sides. A secret that is replaced is still visibly different.
  idempotent:
    support: partial
    details:
      - Full if the client shows the credentials in clear, which is not documented, and with O(update_secret=on_create).
      - If it masks or omits them, the module cannot know whether the client has the wanted secret. It then writes the provider
        in each run, and reports a change. With O(ledger) it keeps a keyed hash of what it has sent, and writes only if that or
        what the client shows differs.
options:
  name:
    description:
      - Name of the provider, of 1 to 200 characters out of A-Z, a-z, 0-9, hyphen and underscore.
    type: str
    required: true
  state:
    description:
      - Whether the provider should exist.
    type: str
    choices:
      - present
      - absent
    default: present
  type:
    description:
      - Type of the provider. The API has no other.
    type: str
    choices:
      - www
    default: www
  bearer:
    description:
      - Bearer token that the web server expects.
      - This or O(basic) is required if O(state=present).
    type: str
  basic:
    description:
      - Username and password that the web server expects.
      - This or O(bearer) is required if O(state=present).
    type: dict
    suboptions:
      username:
        description:
          - The username. It is not treated as a secret.
        type: str
        required: true
      password:
        description:
          - The password.
        type: str
        required: true
  update_secret:
    description:
      - When an existing provider is given the bearer token or the password of this task.
      - V(always) replaces a secret that differs, or that the client does not show (see the attribute C(idempotent)).
      - V(on_create) leaves the secret of an existing provider as it is, if the kind of its credentials and its username are the
        wanted ones. If one of these differs, the provider is written as a whole, with the secret of this task.
    type: str
    choices:
      - always
      - on_create
    default: always
notes:
  - If the response to a write is lost, the module reads the providers, and repeats the write only if it has not arrived.
seealso:
  - module: wabiz.onprem.media_provider_info
"""

EXAMPLES = r"""
- name: Add a provider with a bearer token
  wabiz.onprem.media_provider:
    api_url: https://client1.example.com:9090
    password: "{{ wabiz_onprem_password }}"
    ca_path: /etc/ssl/certs/client1.pem
    name: media-store
    bearer: "{{ media_store_token }}"

- name: Add a provider with a password, and leave an existing password as it is
  wabiz.onprem.media_provider:
    api_url: https://client1.example.com:9090
    password: "{{ wabiz_onprem_password }}"
    name: archive
    basic:
      username: whatsapp
      password: "{{ archive_password }}"
    update_secret: on_create

- name: Remove a provider
  wabiz.onprem.media_provider:
    api_url: https://client1.example.com:9090
    password: "{{ wabiz_onprem_password }}"
    name: media-store
    state: absent
"""

RETURN = r"""
provider:
  description: The provider, without its secret. Null with O(state=absent).
  returned: success
  type: dict
  contains:
    name:
      description: Name of the provider.
      type: str
      sample: archive
    type:
      description: Type of the provider.
      type: str
      sample: www
    auth:
      description: Kind of its credentials, V(bearer) or V(basic).
      type: str
      sample: basic
    username:
      description: Username of V(basic) credentials, null for a bearer token.
      type: str
      sample: whatsapp
  sample:
    name: archive
    type: www
    auth: basic
    username: whatsapp
"""

from ansible_collections.wabiz.onprem.plugins.module_utils._common.module_entry import run_module
from ansible_collections.wabiz.onprem.plugins.module_utils._operations import media_provider


def main() -> None:
    run_module(media_provider)


if __name__ == "__main__":
    main()
