"""Which parts of a web page are furniture by their markup: navigation, banners, comments, teasers, share buttons.

Roles, tags and class names say so, and lists of nothing but links. A part that holds much of the page's prose, its
title or its references is never furniture, whatever its names say. One pass counts the prose, one reads the names.
"""

from __future__ import annotations

import re
from collections.abc import Collection
from dataclasses import dataclass

from lxml import etree, html

from litwatch.articles.forms.linked_entries import names_of

_TAGS = frozenset("nav footer aside form dialog menu".split())
_ROLES = frozenset("navigation banner contentinfo search complementary dialog alertdialog menu menubar toolbar".split())
_NAMES = frozenset(
    """nav navbar navigation breadcrumb breadcrumbs menu toolbar share sharing social socials comments commentlist
    comment-list comment-respond respond disqus related related-posts related-articles recommended recommendations
    promo promotion advert advertisement ad ads adsbygoogle sponsored banner cookie cookies cookie-banner cookie-notice
    consent gdpr newsletter subscribe signup login modal popup overlay sidebar footer site-footer site-header masthead
    toc table-of-contents tableofcontents navbox vertical-navbox sidebar-toc catlinks printfooter mw-jump-link
    mw-jump hatnote sistersitebox authority-control metadata noprint infobox infobox_v2 infobox_v3 ambox tmbox
    mw-footer mw-panel mw-head mw-navigation portal portlet skip-link skiplink screen-reader-text jp-relatedposts
    sharedaddy post-navigation nav-links pagination pager page-numbers widget widget-area tagcloud wp-block-latest-posts
    author-bio byline byline-card authors author-list author-information author-notes affiliations license licence
    entry-meta post-meta article-header__meta copyright visually-hidden sr-only vector-header vector-toc
    vector-page-toolbar d-buttons section-cited-by citedbysection cited-by author-information-section aff""".split()
)
"""Class names, roles and ids that name a whole part of furniture."""
_STARTS = re.compile(
    r"(?:nav|navbar|menu|breadcrumb|share|sharing|social|comment|comments|disqus|related|recommend|promo|advert|ads|ad|"
    r"sponsor|banner|cookie|consent|newsletter|subscribe|signup|sign-up|login|modal|popup|sidebar|footer|toolbar|"
    r"pagination|pager|teaser|trending|popular|outbrain|taboola|paywall|dropdown|offcanvas|tooltip|search|popover|"
    r"author|byline|affiliation|correspond|contrib|license|licence|copyright|permission|reprint|post-meta|entry-meta|"
    r"article-meta|post-info|article-history|pub-history|article-info|breadcrumbs|site-header|masthead|readmore|read-more|most-read|carousel|widget)s?(?:[-_]|$)",
)
_ENDS = re.compile(
    r"[-_](?:nav|navbar|navigation|menu|breadcrumbs?|share|sharing|social|comments?|related|recommendations?|promo|"
    r"advert|ads?|banner|cookies?|consent|newsletter|subscribe|signup|login|modal|popup|sidebar|footer|toolbar|"
    r"authors?|author-list|pagination|pager|teasers?|trending|dropdown|popover|tooltip|breadcrumb|widget|carousel)$"
)
_INLINE_NAMES = frozenset(
    """noprint mw-editsection headerlink header-anchor anchor-link anchorjs-link permalink skip-link skiplink
    mw-jump-link screen-reader-text sr-only visually-hidden inline-template edit-link refctt tooltip-content
    popover-content authors author byline affiliation affiliations ins license licence copyright correspondence
    author-info contribs contrib-group fm-author fm-affl fm-aai aff autoren c-article-references__download""".split()
)
_PERSONS = frozenset("author authors contrib-group contribs".split())
"""Class names of furniture within a line: "[edit]", "[citation needed]", a heading's own link."""
_PLAIN = frozenset("p h1 h2 h3 h4 h5 h6 body html main".split())
BLOCKS = frozenset(
    """address article aside blockquote body center caption dd details dialog dir div dl dt fieldset figcaption figure
    footer form frameset h1 h2 h3 h4 h5 h6 header hgroup hr html legend li main menu nav noframes ol p pre search
    section summary table tbody td tfoot th thead tr ul""".split()
)
"""The elements that begin a block; by HTML's rules every other, also an unknown one, is inline."""
_BRACKETED = re.compile(r"[\[(]\d{1,3}[\]),;–-]")
_CONTENT = frozenset(
    """main article articlebody article-body article__body article-content entry-content post-content post-body
    story-body mw-parser-output mw-body-content content-body""".split()
)
_CAPTIONS = frozenset(
    """thumbcaption gallerytext wp-caption-text caption-text image-caption figcaption photo-credit image-credit credit
    caption media-caption thumb-caption""".split()
)
_LONGEST_CAPTION = 400
_LINKED, _MOSTLY_LINKED = 0.9, 0.75
"""The share of a menu's text that is links; numbers or dates may stand between many."""
_MANY_LINKS = 5
_SENTENCE = 60
_SHORT = 600
"""In so short a page, in characters of prose, a footer can be as long as the article: there its tag decides."""
_MUCH = 0.25
"""The share of a page's prose that no furniture has."""


@dataclass(slots=True)
class _Weight:
    """What an element holds: all its text, the text of its links, its running prose, and how many links."""

    text: int = 0
    linked: int = 0
    prose: int = 0
    links: int = 0


def find_furniture(
    root: html.HtmlElement, kept: Collection[html.HtmlElement], entries: Collection[html.HtmlElement] = ()
) -> set[html.HtmlElement]:
    """The outermost elements that are furniture; ``kept`` are elements that hold references and must stay.

    ``entries`` are the references themselves: in them only what is furniture within a line, and no author, is any.
    """
    weights = _weigh(root)
    whole = weights[root].prose
    titles = {element for h1 in root.iter("h1") for element in (h1, *h1.iterancestors())}
    furniture: set[html.HtmlElement] = set()
    inside = entry = None
    for event, element in etree.iterwalk(root, events=("start", "end")):
        if inside is not None:
            inside = None if event == "end" and element is inside else inside
            continue
        if event == "start" and entry is None and element in entries:
            entry = element
        elif event == "end" and element is entry:
            entry = None
        if event == "end" or not isinstance(element.tag, str) or element is root or element in kept:
            continue
        if entry is not None and (element.tag in BLOCKS or names_of(element) & _PERSONS):
            continue
        if _is_furniture(element, weights[element], whole, titled=element in titles):
            furniture.add(element)
            inside = element
    content = _content(root, weights, whole, furniture, titles)
    if content is not None:
        furniture |= _outside(content, kept, titles, furniture)
    return furniture


def _weigh(root: html.HtmlElement) -> dict[html.HtmlElement, _Weight]:
    weights: dict[html.HtmlElement, _Weight] = {}
    stack: list[_Weight] = []
    anchors = paragraphs = 0

    def add(text: str | None) -> None:
        if not text or not stack:
            return
        length = len(text.strip())
        stack[-1].text += length
        if anchors:
            stack[-1].linked += length
        elif paragraphs or length >= _SENTENCE:
            stack[-1].prose += length

    for event, element in etree.iterwalk(root, events=("start", "end")):
        tag = element.tag if isinstance(element.tag, str) else "script"
        if event == "start":
            weights[element] = _Weight(links=int(tag == "a"))
            stack.append(weights[element])
            anchors += tag == "a"
            paragraphs += tag == "p"
            if tag not in ("script", "style", "noscript", "template", "select", "textarea", "option"):
                add(element.text)
            continue
        anchors -= tag == "a"
        paragraphs -= tag == "p"
        own = stack.pop()
        if tag in ("script", "style", "noscript", "template", "select"):
            own = _Weight()
        if stack:
            above = stack[-1]
            above.text += own.text
            above.linked += own.linked
            above.prose += own.prose
            above.links += own.links
            add(element.tail)
    return weights


def _is_furniture(element: html.HtmlElement, weight: _Weight, whole: int, *, titled: bool) -> bool:
    tag = str(element.tag)
    names = names_of(element)
    if tag == "figcaption" or names & _CAPTIONS:
        return weight.text <= _LONGEST_CAPTION and not _cites(element)
    if tag in _PLAIN or tag not in BLOCKS:
        return 2 * weight.prose < whole and bool(names & _INLINE_NAMES)
    if weight.prose > _MUCH * whole and (whole > _SHORT or tag not in ("nav", "footer", "aside", "header", "menu")):
        return False
    if tag == "header":
        return not titled
    if tag in _TAGS:
        return True
    if titled or names & _CONTENT:
        return False
    if names & _ROLES or names & _NAMES or any(_STARTS.match(name) or _ENDS.search(name) for name in names):
        return True
    if tag in ("ul", "ol", "div", "section", "table") and weight.links >= 3:
        return _only_links(element, weight)
    return False


def _cites(element: html.HtmlElement) -> bool:
    """Whether a caption carries what may be a citation: a raised or bracketed number, or a link within the page."""
    if any(str(link.get("href") or "").startswith("#") for link in element.iter("a")):
        return True
    return (
        next(element.iter("sup"), None) is not None
        or _BRACKETED.search("".join(map(str, element.itertext()))) is not None
    )


def _only_links(element: html.HtmlElement, weight: _Weight) -> bool:
    """Whether a list or part holds nothing but short links within the site, as menus and teasers do."""
    share = _LINKED if weight.links < _MANY_LINKS else _MOSTLY_LINKED
    if weight.text == 0 or weight.linked < share * weight.text or weight.prose > 0:
        return False
    if weight.linked > 60 * weight.links:
        return False
    addresses = [str(link.get("href") or "") for link in element.iter("a")][:200]
    papers = sum("doi.org" in one or "pubmed" in one or one.startswith("#") for one in addresses)
    return papers * 4 < len(addresses)


def _content(
    root: html.HtmlElement,
    weights: dict[html.HtmlElement, _Weight],
    whole: int,
    furniture: set[html.HtmlElement],
    titles: set[html.HtmlElement],
) -> html.HtmlElement | None:
    """The element that the page itself calls its main part, where it holds most of the prose; None without one."""
    lost = sum(weights[element].prose for element in furniture)
    best: html.HtmlElement | None = None
    for element in root.iter("main", "article", "div", "section"):
        named = element.tag in ("main", "article") or names_of(element) & (_CONTENT - {"article"})
        if not named or weights[element].prose < 0.7 * (whole - lost) or whole == 0:
            continue
        if best is None or (element in titles) >= (best in titles):
            best = element
    return best


def _outside(
    content: html.HtmlElement,
    kept: Collection[html.HtmlElement],
    titles: set[html.HtmlElement],
    furniture: set[html.HtmlElement],
) -> set[html.HtmlElement]:
    """What stands beside the main part and holds neither the title nor references."""
    outside: set[html.HtmlElement] = set()
    below = content
    parent = below.getparent()
    while parent is not None:
        for sibling in parent:
            if sibling is below or sibling in furniture or not isinstance(sibling.tag, str):
                continue
            if sibling not in kept and sibling not in titles and sibling.tag not in ("script", "style", "head"):
                outside.add(sibling)
        below, parent = parent, parent.getparent()
    return outside
