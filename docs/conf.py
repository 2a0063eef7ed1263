# SPDX-FileCopyrightText: 2026 wabiz.onprem contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""The docs site: Markdown pages, and under collection/ the pages that antsibull-docs makes of modules and roles."""

from __future__ import annotations

import html
import re
import zlib
from pathlib import Path
from typing import Any

from docutils import nodes
from pygments.formatters import HtmlFormatter

HERE = Path(__file__).parent
GALAXY = next(folder / "galaxy.yml" for folder in HERE.parents if (folder / "galaxy.yml").is_file())

project = "wabiz.onprem"
copyright = "2026, wabiz.onprem contributors"  # noqa: A001  (the name is Sphinx's)
version = release = re.findall(r"^version: (\S+)$", GALAXY.read_text(encoding="utf-8"), re.MULTILINE)[0]

extensions = ["myst_parser", "sphinx_antsibull_ext", "sphinx_copybutton", "sphinx.ext.intersphinx"]
source_suffix = {".md": "markdown", ".rst": "restructuredtext"}
exclude_patterns = ["build", "docsite", "examples"]
myst_enable_extensions = ["colon_fence"]
myst_heading_anchors = 3

html_theme = "sphinx_ansible_theme"
html_title = "wabiz.onprem"
html_show_sphinx = False
html_static_path = ["static"]
html_css_files = ["site.css", "dark.css", "dark_code.css"]
html_js_files = ["site.js"]
html_context = {
    "display_github": True,
    "github_user": "wabiz-onprem",
    "github_repo": "wabiz.onprem",
    "github_version": "main",
    "conf_py_path": "/docs/",
}
pygments_style = "default"
highlight_language = "YAML+Jinja"
html_theme_options = {"display_version": False, "vcs_pageview_mode": "edit", "topbar_links": {}}


def write_dark_code(path: Path) -> None:
    """The colours of code for readers whose browser wants dark pages; the theme knows light ones alone."""
    rules = HtmlFormatter(style="github-dark").get_style_defs(".highlight")
    path.write_text("@media (prefers-color-scheme: dark) {\n%s\n}\n" % rules, encoding="utf-8")


def describe(app: Any, pagename: str, templatename: str, context: dict[str, Any], doctree: Any) -> None:
    """What search engines and previews show of a page: its first paragraph."""
    del app, pagename, templatename
    found = doctree.findall(nodes.paragraph) if doctree else ()
    # Not from a warning or a note, which several pages share.
    shown = next((one.astext() for one in found if not isinstance(one.parent, nodes.Admonition)), "")
    text = " ".join(shown.split()) or f"{context.get('title', '')}: {project}"
    tag = '<meta name="description" content="%s">' % html.escape(text[:300])
    context["metatags"] = f'{context.get("metatags", "")}\n{tag}\n<meta name="color-scheme" content="light dark">'


def setup(app: Any) -> None:
    write_dark_code(HERE / "static" / "dark_code.css")
    app.connect("html-page-context", describe)


# What the pages of modules and roles refer to in Ansible's own documentation. The whole list of it would have to be
# fetched at each build; these few are written into one of our own.
ANSIBLE = "https://docs.ansible.com/ansible/latest/"
MOVED = {
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
    """Writes Sphinx's list of moved labels, version 2; the path for intersphinx_mapping."""
    titles = {label: label.replace("_", " ").capitalize() for label in MOVED}
    rows = [f"{label} std:label -1 {target} {titles[label]}\n" for label, target in MOVED.items()]
    head = ["Sphinx inventory version 2", "Project: Ansible", "Version:", "The remainder is compressed using zlib."]
    path.write_bytes("".join(f"# {line}\n" for line in head).encode() + zlib.compress("".join(rows).encode()))
    return str(path)


intersphinx_mapping = {"ansible": (ANSIBLE, write_labels(HERE / "ansible.inv"))}
