# SPDX-FileCopyrightText: 2026 wabiz.onprem contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Benchmarks: one settings task, and a campaign's begin, against what else a user could write."""
