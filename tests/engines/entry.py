# Copyright (c) 2026, wabiz.onprem contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-FileCopyrightText: 2026 wabiz.onprem contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""What a container of the emulator runs: a node or a Webapp, defined by its environment."""

from __future__ import annotations

import os
import sys


def main(role: str) -> None:
    from emulator import environment

    if role == "webapp":
        from emulator.serve import serve

        serve(environment.webapp_options(os.environ))
    else:
        from emulator.node import run_node

        run_node(environment.node_options(os.environ))


if __name__ == "__main__":
    main(sys.argv[1])
