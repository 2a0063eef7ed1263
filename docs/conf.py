# SPDX-FileCopyrightText: 2026 wabiz.onprem contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""The docs site: Markdown pages, and under collection/ the pages that antsibull-docs makes of modules and roles."""

project = "wabiz.onprem"
copyright = "2026, wabiz.onprem contributors"  # noqa: A001  (the name is Sphinx's)
version = release = "1.0.0"

extensions = ["myst_parser", "sphinx_antsibull_ext", "sphinx_copybutton"]
source_suffix = {".md": "markdown", ".rst": "restructuredtext"}
exclude_patterns = ["build", "examples/README.md"]
myst_enable_extensions = ["colon_fence"]
myst_heading_anchors = 3

html_theme = "sphinx_ansible_theme"
html_title = "wabiz.onprem"
html_show_sphinx = False
pygments_style = "ansible"
highlight_language = "YAML+Jinja"
html_theme_options = {"display_version": False, "vcs_pageview_mode": "edit", "topbar_links": {}}
