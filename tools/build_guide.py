#!/usr/bin/env python3
"""Build the guide for offices from its text: ``python tools/build_guide.py``.

使用手册.md is the one source; out of it come 使用手册.docx and 使用手册.html in
``sheetflow/defaults/guide``, which travel in the wheel. The same text gives the same bytes, and
a test holds that they are those of today's text: run this after every change of it.
"""

from __future__ import annotations

import datetime as dt
import html
import re
import sys
from base64 import b64encode
from collections.abc import Sequence
from pathlib import Path
from urllib.parse import unquote

from docx import Document
from guide_document import GuideDocument
from markdown_it import MarkdownIt
from markdown_it.token import Token

from sheetflow.reporting.report import packed, set_properties

HERE = Path(__file__).parent
SOURCE = HERE.parent / "使用手册.md"
TARGETS = HERE.parent / "sheetflow" / "defaults" / "guide"
STAMP = dt.datetime(2012, 1, 31, tzinfo=dt.UTC)
STYLE = (HERE / "guide.css").read_text(encoding="utf-8")
PAGE = """<!DOCTYPE html>
<html lang="zh-CN">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width">
<title>{title}</title>
<style>
{style}</style>
</head>
<body>
{body}</body>
</html>
"""


def parsed(text: str) -> list[Token]:
    """Read the text: lines of Chinese join without a blank, headings get the names that links use."""
    tokens = MarkdownIt("commonmark").enable("table").parse(text)
    for index, token in enumerate(tokens):
        join_lines(token.children or [])
        if token.type == "heading_open":
            token.attrSet("id", anchor(tokens[index + 1].content))
    return tokens


def join_lines(pieces: Sequence[Token]) -> None:
    """Turn the end of a source line into a blank between words of Latin script, else into nothing."""
    for before, piece, after in zip(pieces, pieces[1:], pieces[2:], strict=False):
        if piece.type == "softbreak":
            latin = before.content[-1:].isascii() and after.content[:1].isascii()
            piece.type, piece.content = "text", " " if latin else ""


def anchor(heading: str) -> str:
    """Give a heading's name in links, as the usual viewers of Markdown make it."""
    return re.sub(r"[^\w\- ]", "", heading.lower()).strip().replace(" ", "-")


def guide_title(tokens: Sequence[Token]) -> str:
    """Give the text's first heading."""
    return next(token.content for token in tokens if token.type == "inline")


def web_page(text: str, folder: Path) -> bytes:
    """Make the one page for a browser; pictures, found from `folder` on, stand in the page itself."""
    tokens = parsed(text)
    for piece in (piece for token in tokens for piece in token.children or ()):
        if piece.type == "image":
            picture = (folder / unquote(str(piece.attrGet("src")))).read_bytes()
            piece.attrSet("src", f"data:image/png;base64,{b64encode(picture).decode()}")
    renderer = MarkdownIt("commonmark").enable("table").renderer
    body = renderer.render(tokens, MarkdownIt("commonmark").options, {})
    title = html.escape(guide_title(tokens))
    return PAGE.format(title=title, style=STYLE, body=body).encode()


def word_document(text: str, folder: Path) -> bytes:
    """Make the Word document; pictures are found from `folder` on."""
    tokens = parsed(text)
    made = GuideDocument(Document(), folder)
    made.write(tokens)
    set_properties(made.document, title=guide_title(tokens), author="", stamp=STAMP)
    return packed(made.document, STAMP)


def built(source: Path = SOURCE) -> dict[str, bytes]:
    """Make both files of the text, by name."""
    text = source.read_text(encoding="utf-8")
    folder = source.parent
    return {"使用手册.docx": word_document(text, folder), "使用手册.html": web_page(text, folder)}


def main() -> None:
    """Write both files."""
    TARGETS.mkdir(parents=True, exist_ok=True)
    for name, content in built().items():
        (TARGETS / name).write_bytes(content)
        sys.stdout.write(f"{TARGETS / name}\n")


if __name__ == "__main__":
    main()
