"""Plain text out of markup, and text made tidy.  Nothing of a partner's markup is kept."""

from __future__ import annotations

import html
import re

from selectolax.lexbor import LexborHTMLParser, LexborNode

_MARKUP = re.compile(r"<[a-zA-Z/!?]|&(?:#\d{1,7}|#x[0-9a-fA-F]{1,6}|[a-zA-Z]{2,31});")
_INVISIBLE = re.compile("[\u00ad\u200b-\u200f\u2028-\u202e\u2060-\u2064\ufeff]")
_NEEDS_TREE = re.compile(
    r"<!|<\?|<(?:script|style|noscript|template|svg|iframe|select|button|object|title|textarea)", re.I
)
_TAG = re.compile(r"""</?([a-zA-Z][a-zA-Z0-9]*)(?:[^>"']|"[^"]*"|'[^']*'){0,500}+>|\n""")
BLOCKS = frozenset(
    re.findall(
        r"\w+",
        "address article aside blockquote body br caption center dd details div dl dt fieldset figcaption figure "
        "footer form h1 h2 h3 h4 h5 h6 header hr html li main nav ol p pre section summary table tbody td tfoot "
        "th thead tr ul",
    )
)


def one_line(text: str) -> str:
    """Text with every run of white space as one space, and without invisible characters."""
    return " ".join(_INVISIBLE.sub("", text).split())


def paragraphs(text: str) -> str:
    """Text as non-empty lines, one a paragraph, each tidy."""
    lines = (" ".join(line.split()) for line in _INVISIBLE.sub("", text).splitlines())
    return "\n".join(line for line in lines if line)


def plain(markup: str) -> str:
    """The text a reader would see of a piece of HTML, a paragraph a line; plain text passes unharmed.

    Most of what feeds carry is a few paragraphs and links, for which building a tree is the greater part of
    the cost.
    """
    if not _MARKUP.search(markup):
        return paragraphs(markup)
    if "<" not in markup:
        return paragraphs(html.unescape(markup))
    if not _NEEDS_TREE.search(markup):
        return paragraphs(html.unescape(_TAG.sub(_break, markup)))
    tree = LexborHTMLParser(markup)
    return visible_text(tree.body or tree.root)


def _break(tag: re.Match[str]) -> str:
    if tag[1] is None:
        return " "
    return "\n" if tag[1].lower() in BLOCKS else ""


def plain_line(markup: str) -> str:
    """Like `plain`, on one line: for titles.  A title escaped twice is unescaped twice."""
    line = one_line(plain(markup))
    return one_line(html.unescape(line)) if "&" in line else line


def visible_text(node: LexborNode | None, skip: frozenset[int] = frozenset()) -> str:
    """Text under a node as a browser would break it into lines, without scripts, forms and what is in `skip`
    (node ids).
    """
    if node is None:
        return ""
    pieces: list[str] = []
    _collect(node, pieces, skip)
    return paragraphs("".join(pieces))


_NO_TEXT = frozenset(
    re.findall(r"\w+", "script style noscript template svg iframe select button object title textarea head")
)


def _collect(root: LexborNode, pieces: list[str], skip: frozenset[int]) -> None:
    """Walks without recursion: pages nest deeper than Python's stack."""
    stack: list[LexborNode | str] = [root]
    while stack:
        node = stack.pop()
        if isinstance(node, str):
            pieces.append(node)
            continue
        tag = node.tag or ""
        if tag == "-text":
            pieces.append(_own_text(node))
            continue
        if tag in _NO_TEXT or tag.startswith("-") or node.mem_id in skip:
            continue
        block = tag in BLOCKS
        if block:
            pieces.append("\n")
            stack.append("\n")
        children: list[LexborNode | str] = []
        child = node.first_child
        while child is not None:
            children.append(child)
            child = child.next
        stack.extend(reversed(children))


def _own_text(node: LexborNode) -> str:
    return (node.text_content or "").replace("\n", " ")
