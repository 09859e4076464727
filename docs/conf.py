"""How Sphinx makes the documentation's site (``make docs``). The pages are Markdown that a forge shows as well.

Two things are made while it builds: the navigation, from the headings and links of index.md, and the reference of the
commands, from the commands themselves.
"""

from __future__ import annotations

import re

from sphinx.application import Sphinx

from litwatch import __version__
from litwatch.cli.command_reference import command_reference

project = "litwatch"
version = release = __version__
extensions = ["myst_parser"]
exclude_patterns = ["_build"]
myst_heading_anchors = 4
nitpicky = True
smartquotes = False

html_theme = "furo"
html_title = "litwatch"
html_static_path = ["site"]
html_css_files = ["site.css"]
html_show_sphinx = False
html_show_copyright = False
html_copy_source = False
html_theme_options = {
    "light_css_variables": {"color-brand-primary": "#00558c", "color-brand-content": "#00558c"},
    "dark_css_variables": {"color-brand-primary": "#8ec5f0", "color-brand-content": "#8ec5f0"},
}
pygments_style = "a11y-light"
pygments_dark_style = "a11y-dark"

_GROUP = re.compile(r"^## (.+)\n((?:(?!^## ).*\n?)*)", re.MULTILINE)
_PAGE = re.compile(r"^- \[[^\]]+\]\(([\w/-]+)\.md\)", re.MULTILINE)


def with_navigation(index: str) -> str:
    """The index page, with a hidden table of contents for each of its headings."""
    tables = [
        f"```{{toctree}}\n:hidden:\n:caption: {heading}\n\n" + "\n".join(_PAGE.findall(links)) + "\n```\n"
        for heading, links in _GROUP.findall(index)
    ]
    return index + "\n" + "\n".join(tables)


def complete(_app: Sphinx, page: str, source: list[str]) -> None:
    """Put into a page what is made at building time."""
    if page == "index":
        source[0] = with_navigation(source[0])
    elif page == "commands":
        source[0] += "\n" + command_reference()


def setup(app: Sphinx) -> None:
    """Tell Sphinx what to call."""
    app.connect("source-read", complete)
