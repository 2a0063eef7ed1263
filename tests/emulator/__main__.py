# Copyright (c) 2026, wabiz.onprem contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-FileCopyrightText: 2026 wabiz.onprem contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""`python -m emulator`."""

from __future__ import annotations

import os
import sys

from .commandline import main

os.umask(0o077)  # whatever this process and its children create is private from the first moment
sys.exit(main())
