# Copyright (c) 2026, wabiz.onprem contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-FileCopyrightText: 2026 wabiz.onprem contributors
# SPDX-License-Identifier: GPL-3.0-or-later
from __future__ import annotations


class ModuleDocFragment:
    """How a client is reached; the options are data in ``module_utils/_api/connection.py``."""

    DOCUMENTATION = r"""
options:
  api_url:
    description:
      - Base URL of the client's API, beginning with V(https://). It may carry a path prefix.
      - Environment variable E(WABIZ_ONPREM_API_URL) is used when it is not given.
    type: str
    required: true
  username:
    description:
      - Account that the settings are read and written with. The API accepts nothing but the admin account for them.
      - Environment variable E(WABIZ_ONPREM_USERNAME) is used when it is not given.
    type: str
    default: admin
  password:
    description:
      - Password of O(username). The module logs in with it, and logs out again, also after a failure and in check mode; a
        process that is killed cannot log out, its token ends by itself after seven days.
      - Required unless O(token) is given.
      - Environment variable E(WABIZ_ONPREM_PASSWORD) is used when it is not given.
    type: str
  token:
    description:
      - A bearer token to use instead of a login. It wins over O(password), is used as it is, and is never logged out.
      - It saves the login and the logout of each task.
      - Environment variable E(WABIZ_ONPREM_TOKEN) is used when it is not given.
    type: str
  validate_certs:
    description:
      - Whether the certificate of the client is verified.
      - The product brings a self-signed certificate. Prefer O(ca_path) to switching the verification off.
      - Environment variable E(WABIZ_ONPREM_VALIDATE_CERTS) is used when it is not given.
    type: bool
    default: true
  ca_path:
    description:
      - File (or folder) of the certificates that are trusted, on the machine where the task runs.
      - Without it the certificates are trusted that the Python library requests brings.
      - Environment variable E(WABIZ_ONPREM_CA_PATH) is used when it is not given.
    type: path
  timeout:
    description:
      - Seconds for one request, from the connection to the last byte of the answer.
      - Environment variable E(WABIZ_ONPREM_TIMEOUT) is used when it is not given.
    type: int
    default: 30
  retry_timeout:
    description:
      - Seconds in which calls are tried again, for all calls of one task together, while the client is busy, restarting or
        out of reach. The task ends after at most O(retry_timeout) plus O(timeout).
      - V(0) means that every call is tried once.
      - Environment variable E(WABIZ_ONPREM_RETRY_TIMEOUT) is used when it is not given.
    type: int
    default: 60
  first_contact_timeout:
    description:
      - Seconds in which a refused connection is tried again before the client has responded to this task for the first time.
        Raise it, up to O(retry_timeout), if the task may run while the Webapp is being started.
      - Environment variable E(WABIZ_ONPREM_FIRST_CONTACT_TIMEOUT) is used when it is not given.
    type: int
    default: 5
requirements:
  - requests >= 2.20
notes:
  - A task without O(api_url) takes what it does not give of the connection from its host's variables, as far as there are any,
    C(wabiz_onprem_api_url) for O(api_url), C(wabiz_onprem_password) for O(password), and so on for every option of the connection.
    Nothing but environment variables comes after them. A task with an O(api_url) of its own gets nothing from there, as the
    credentials belong to another client; a task with a credential of its own gets no other.
  - WhatsApp Business On-Premises was shut down in October 2025. No client can be reached any more but those of the
    emulator that comes with the collection's source.
  - Nothing is taken from the environment but the variables named above, no proxy, no C(~/.netrc), and redirects are not
    followed.
"""
