"""What a form gives to the Word report: whose words are quoted, which cases are told."""

from __future__ import annotations

from dataclasses import dataclass

from sheetflow.schemas.conditions import Condition


@dataclass(frozen=True, slots=True, kw_only=True)
class ReportSpec:
    """Where the report finds its quotes and its stories.

    The columns of the card `narrative` are quoted under their labels. Rows of
    `story_sheet` that meet `story_where` are told with `story_title` and `story_text`.
    At most `quotes` units are quoted under one heading, and `stories` told. A quote has at
    least `shortest` characters; one of more than `longest` is cut after a sentence.
    """

    narrative: str
    story_sheet: str = ""
    story_where: Condition | None = None
    story_title: str = ""
    story_text: str = ""
    quotes: int = 5
    stories: int = 6
    shortest: int = 30
    longest: int = 400
