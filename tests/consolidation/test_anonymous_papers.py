"""Judges see no author and no unit, however the names were typed."""

from __future__ import annotations

import pytest

from sheetflow.consolidation.anonymous_papers import NameMask, anonymous, without_opening
from sheetflow.consolidation.judged_papers import (
    JudgedPaper,
    PaperText,
    TextCell,
    TextParagraph,
    TextTable,
    names_in,
)

AUTHORS = ("王芳", "李敏")
NAMES = ("历城区", "历城区妇联", "济南市")


@pytest.mark.parametrize(
    ("said", "covered"),
    [
        ("济南市历城区妇联组成调研组", "○○组成调研组"),
        ("山东省济南市 历城区", "山东省○○"),
        ("历城的济南人", "○○的○○人"),
        ("由王　芳、李 敏执笔", "由○○、○○执笔"),
        ("王\u200b芳", "○○"),
        ("王\n芳", "○○"),
        ("全市各城区", "全市各城区"),
        ("", ""),
    ],
)
def test_names_are_covered_however_they_are_spaced(said: str, covered: str) -> None:
    """Full and short names of the unit and those above it, and the authors', become ○○."""
    assert NameMask(AUTHORS, NAMES).cover(said) == covered


def test_a_name_that_every_town_has_is_not_cut_short() -> None:
    """市中区 is covered, but not the 市中 of 城市中心: a judge could read the text no more."""
    assert NameMask((), ("市中区",)).cover("市中区的城市中心") == "○○的城市中心"


def test_a_latin_name_is_a_word() -> None:
    """An author called Li covers no part of another word."""
    assert NameMask(("Li",), ()).cover("Li 写的 Life") == "○○ 写的 Life"


@pytest.mark.parametrize(
    ("line", "is_one"),
    [
        ("济南市历城区妇联主席　王芳", True),
        ("（作者单位：历城区妇联）", True),
        ("执笔人：李敏", True),
        ("历城区　王芳　发展部部长", True),
        ("王芳　权益维护科副科长", True),
        ("王芳的发展部走访", False),
        ("——以历城区为例", False),
        ("课题组", False),
        ("王芳同志走访了12户。", False),
    ],
)
def test_a_line_that_says_only_who_wrote_it_is_a_byline(line: str, is_one: bool) -> None:  # noqa: FBT001
    """A byline is left out; what says more stays, with its names covered."""
    assert NameMask(AUTHORS, NAMES).is_byline(line) is is_one


PAPER = JudgedPaper(
    number="N001",
    title="历城区留守妇女调研报告",
    authors=AUTHORS,
    unit="济南市历城区妇联",
    names=NAMES,
    text=PaperText(
        (
            TextParagraph("历城区留守妇女"),
            TextParagraph("调研报告"),
            TextParagraph("历城区妇联　王芳"),
            TextParagraph("历城区有留守妇女1.2万人，王芳走访了其中486人，电话13812345678。"),
            TextTable(((TextCell("历城区仲宫镇"), TextCell("86")),), (1, 1)),
            TextParagraph("（作者单位：历城区妇联）"),
        )
    ),
)


def test_what_was_covered_is_counted() -> None:
    """The office sees how many names were covered, which lines went, and what may still tell."""
    draft = anonymous(PAPER)
    assert draft.title == "○○留守妇女调研报告"
    assert draft.text.contents == (
        TextParagraph("○○有留守妇女1.2万人，○○走访了其中486人，电话13812345678。"),
        TextTable(((TextCell("○○仲宫镇"), TextCell("86")),), (1, 1)),
    )
    assert (draft.authors, draft.units, draft.bylines, draft.contacts) == (1, 2, 2, 1)


def test_the_volume_repeats_no_title_and_no_byline() -> None:
    """Title and byline stand in the volume once, in its own style; all else stands as it was written."""
    words = [each.text for each in without_opening(PAPER) if isinstance(each, TextParagraph)]
    assert words == ["历城区有留守妇女1.2万人，王芳走访了其中486人，电话13812345678。"]


@pytest.mark.parametrize(
    ("cell", "names"),
    [
        ("王　芳、李敏（执笔）", ("王芳", "李敏")),
        ("王芳 李敏", ("王芳", "李敏")),
        ("王芳等3人", ("王芳",)),
        ("  ", ()),
    ],
)
def test_names_are_told_apart(cell: str, names: tuple[str, ...]) -> None:
    """A cell of several authors gives each name once, without spaces that only fill room."""
    assert names_in(cell) == names


@pytest.mark.parametrize(
    "said", ["电话0531-85556379", "电话：0531—85556380", "（0531）85556379", "13853101234"]
)
def test_a_number_that_may_tell_who_wrote_is_counted(said: str) -> None:
    """Whoever looks through the drafts is led to telephone numbers, fixed ones with the town's code too."""
    text = PaperText(contents=(TextParagraph(said),))
    assert anonymous(JudgedPaper(number="N001", title="题", text=text)).contacts == 1
