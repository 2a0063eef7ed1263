#!/usr/bin/python
# Copyright (c) 2026, wabiz.onprem contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-FileCopyrightText: 2026 wabiz.onprem contributors
# SPDX-License-Identifier: GPL-3.0-or-later
from __future__ import annotations

DOCUMENTATION = r"""
module: media_provider_info
short_description: List the media providers of a WhatsApp Business On-Premises client
version_added: 1.0.0
description:
  - Reads C(GET /v1/settings/application/media/providers).
  - Bearer tokens and passwords are never returned. Usernames are, as they are no secret of their own.
author:
  - wabiz.onprem contributors (@wabiz-onprem)
extends_documentation_fragment:
  - wabiz.onprem.connection
  - wabiz.onprem.attributes
  - wabiz.onprem.attributes.info_module
  - wabiz.onprem.attributes.actiongroup_api
seealso:
  - module: wabiz.onprem.media_provider
"""

EXAMPLES = r"""
- name: List the media providers
  wabiz.onprem.media_provider_info:
    api_url: https://client1.example.com:9090
    password: "{{ wabiz_onprem_password }}"
    ca_path: /etc/ssl/certs/client1.pem
  register: media

- name: Remove all that are not wanted any more
  wabiz.onprem.media_provider:
    api_url: https://client1.example.com:9090
    password: "{{ wabiz_onprem_password }}"
    name: "{{ item }}"
    state: absent
  loop: "{{ media.providers | map(attribute='name') | difference(['media-store', 'archive']) }}"
"""

RETURN = r"""
providers:
  description: The media providers, in the order of their names.
  returned: success
  type: list
  elements: dict
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
      description: Kind of its credentials, V(bearer) or V(basic). Null where the client shows neither.
      type: str
      sample: basic
    username:
      description: Username of V(basic) credentials, null for a bearer token.
      type: str
      sample: whatsapp
  sample:
    - name: archive
      type: www
      auth: basic
      username: whatsapp
    - name: media-store
      type: www
      auth: bearer
      username:
"""

from ansible_collections.wabiz.onprem.plugins.module_utils._common.module_entry import run_module
from ansible_collections.wabiz.onprem.plugins.module_utils._operations import media_provider_info


def main() -> None:
    run_module(media_provider_info)


if __name__ == "__main__":
    main()
