# SPDX-FileCopyrightText: 2026 wabiz.onprem contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""The docs site: Markdown pages, and under collection/ the pages that antsibull-docs makes of modules and roles."""

from __future__ import annotations

import zlib
from pathlib import Path

project = "wabiz.onprem"
copyright = "2026, wabiz.onprem contributors"  # noqa: A001  (the name is Sphinx's)
version = release = "1.0.0"

extensions = ["myst_parser", "sphinx_antsibull_ext", "sphinx_copybutton", "sphinx.ext.intersphinx"]
source_suffix = {".md": "markdown", ".rst": "restructuredtext"}
exclude_patterns = ["build", "docsite", "examples"]
myst_enable_extensions = ["colon_fence"]
myst_heading_anchors = 3

html_theme = "sphinx_ansible_theme"
html_title = "wabiz.onprem"
html_show_sphinx = False
html_static_path = ["static"]
html_css_files = ["site.css"]
pygments_style = "ansible"
highlight_language = "YAML+Jinja"
html_theme_options = {"display_version": False, "vcs_pageview_mode": "edit", "topbar_links": {}}

# What the pages of modules and roles refer to in Ansible's own documentation. The whole list of it would have to be
# fetched at each build; these few are written into one of our own.
ANSIBLE = "https://docs.ansible.com/ansible/latest/"
ELSEWHERE = {
    "action_plugins": "plugins/action.html#action-plugins",
    "ansible_configuration_settings": "reference_appendices/config.html#ansible-configuration-settings",
    "common_return_values": "reference_appendices/common_return_values.html#common-return-values",
    "ansible_collections.community.docker.docker_host_info_module__parameter-containers_filters": (
        "collections/community/docker/docker_host_info_module.html#parameter-containers_filters"
    ),
    "ansible_collections.kubernetes.core.k8s_info_module": (
        "collections/kubernetes/core/k8s_info_module.html#ansible-collections-kubernetes-core-k8s-info-module"
    ),
}


def write_labels(path: Path) -> str:
    """Writes Sphinx's list of what is elsewhere, version 2; the path for intersphinx_mapping."""
    titles = {label: label.replace("_", " ").capitalize() for label in ELSEWHERE}
    rows = [f"{label} std:label -1 {target} {titles[label]}\n" for label, target in ELSEWHERE.items()]
    head = ["Sphinx inventory version 2", "Project: Ansible", "Version:", "The remainder is compressed using zlib."]
    path.write_bytes("".join(f"# {line}\n" for line in head).encode() + zlib.compress("".join(rows).encode()))
    return str(path)


intersphinx_mapping = {"ansible": (ANSIBLE, write_labels(Path(__file__).with_name("ansible.inv")))}
