"""The words of a report: the office's own first and whole, then examples from below by rule."""

from __future__ import annotations

import dataclasses
from collections.abc import Sequence
from dataclasses import replace

import pytest

from sheetflow.consolidation.askings import parted
from sheetflow.consolidation.report_builder import report_data
from sheetflow.consolidation.report_data import Letter, Narrative
from sheetflow.consolidation.report_words import Wishes, shortened
from sheetflow.schemas.book import Outcome
from tests.consolidation.desk import TREE, Desk
from tests.consolidation.test_books import NIL
from tests.county_book import CAMPAIGN, FORM

LETTER = Letter(issuer="山东省妇女联合会", addressee="全国妇联")
PROVINCE, CITY = TREE["370000"], TREE["370100"]
OWN_OFFICE = "@ 基层组织 gone\n"
TEXTS = {
    "370100": "机关干部分成四个组，每组联系两个县，逢周二下乡，把联系点建在村和社区，当天的问题当天登记。",
    "370102": "坚持一对一访谈，逐户登记需求台帐，能当场答复的当场答复，需要部门协调的列出清单逐件销号，半月一调度。",
    "370103": "以妇女之家为阵地，请律师、医生、农技员坐诊，周末夜间也开门，四十天接待来访妇女三百余人次。",
    "370202": "会同人社部门办了三期家政培训班，先问需要再开课，结业的姐妹由社区推荐上岗，工资按月回访。",
}


def submitted(texts: dict[str, str], order: Sequence[str] = (), heading: str = "主要做法") -> Desk:
    """Hand in what each unit wrote under a heading, in this order."""
    desk = Desk()
    for unit_id in order or list(texts):
        own = OWN_OFFICE if TREE[unit_id].level != "县" else ""
        words = f"@ 文字材料 {heading} = {texts[unit_id]}\n"
        judged = desk.submit(unit_id, "2012B1", own + words)
        assert judged.outcome is Outcome.ACCEPTED, judged.findings
    return desk


def under(
    desk: Desk,
    unit_id: str,
    wishes: Wishes | None = None,
    heading: str = "主要做法",
    **spec: object,
) -> Narrative:
    """Give what stands under a heading of a unit's report."""
    books = desk.books("2012B1")
    assert FORM.report is not None
    asked = replace(FORM.report, **spec)  # type: ignore[arg-type]
    books = replace(books, form=dataclasses.replace(books.form, report=asked))
    data = report_data(CAMPAIGN, books, TREE[unit_id], LETTER, wishes=wishes or Wishes())
    return next(entry for entry in data.narratives if entry.label == heading)


def units(narrative: Narrative) -> list[str]:
    """Name the units that are quoted."""
    return [quote.unit for quote in narrative.quotes]


def test_the_offices_own_words_stand_first_and_whole() -> None:
    """A city's own text is no quote, has no name before it and is not cut, however long."""
    long = TEXTS["370100"] + "每月集中研究一次、通报一次。" * 40
    found = under(submitted(TEXTS | {"370100": long}), "370100")
    assert found.own == long
    assert units(found) == ["历下区", "市中区"]
    above = under(submitted(TEXTS | {"370100": long}), "370000")
    assert above.own == ""
    assert above.quotes[0].unit == "济南市"
    assert above.quotes[0].text.endswith("。……")


def test_the_longest_speak_and_every_branch_before_a_second_from_any() -> None:
    """With room for two, the longest of each city is quoted, in the order of the units."""
    desk = submitted({key: TEXTS[key] for key in ("370102", "370103", "370202")})
    assert units(under(desk, "370000", quotes=2)) == ["历下区", "市南区"]
    longer = TEXTS | {"370103": TEXTS["370103"] + "冬闲时节送课到村，农忙时节上门到户。"}
    desk = submitted({key: longer[key] for key in ("370102", "370103", "370202")})
    assert units(under(desk, "370000", quotes=2)) == ["济南市市中区", "市南区"]
    assert units(under(desk, "370000", quotes=3)) == ["历下区", "济南市市中区", "市南区"]
    assert units(under(desk, "370000", shortest=200)) == []


def test_nobody_is_quoted_with_what_another_has_said() -> None:
    """A text copied with another place and other figures in it is quoted once; nor is what the office says."""
    copied = "{}妇联干部走访妇女群众{}人次，一对一访谈，把需求逐件登记，能办的当场办，不能办的列出清单报上来。"
    texts = {
        "370102": copied.format("历下区", 128),
        "370103": copied.format("市中区", 96),
        "370202": TEXTS["370202"],
    }
    for order in (list(texts), list(reversed(texts))):
        found = under(submitted(texts, order), "370000")
        assert units(found) == ["历下区", "市南区"]
    own = submitted(texts | {"370100": copied.format("济南市", 7)})
    assert units(under(own, "370100")) == []


def test_plans_are_the_offices_own() -> None:
    """Under 下步打算 nobody below is quoted; the report says where their plans stand."""
    found = under(submitted(TEXTS, heading="下步打算"), "370100", heading="下步打算")
    assert (found.own, found.quotes, found.elsewhere) == (TEXTS["370100"], (), True)
    alone = submitted({"370100": TEXTS["370100"]}, heading="下步打算")
    assert not under(alone, "370100", heading="下步打算").elsewhere


def test_whom_the_office_names_is_quoted() -> None:
    """The units that the settings name are quoted in their order; a heading's list goes first."""
    desk = submitted(TEXTS)
    everywhere = Wishes(quoted={"": ("370202", "370103")})
    assert units(under(desk, "370000", everywhere)) == ["市南区", "济南市市中区"]
    here = Wishes(quoted={"": ("370202",), "主要做法": ("370102",)})
    assert units(under(desk, "370000", here)) == ["历下区"]


def test_who_did_nothing_is_no_example() -> None:
    """A nil return is quoted for nothing, whatever stands on its card."""
    desk = submitted({key: TEXTS[key] for key in ("370102", "370202")})
    judged = desk.submit("370103", "2012B1", NIL + f"@ 文字材料 主要做法 = {TEXTS['370103']}\n")
    assert (judged.outcome, judged.nil) == (Outcome.ACCEPTED, True)
    assert units(under(desk, "370000")) == ["历下区", "市南区"]


def test_sentences_may_be_kept_out() -> None:
    """What is set aside stands apart, in order, of the office's own text alone."""
    asks = Wishes(set_aside=lambda sentence: "恳请" in sentence)
    words = "我们做了三件事。恳请省里批准增拨经费！以上是做法；恳请支持。"
    desk = submitted(TEXTS | {"370100": words + TEXTS["370100"]})
    found = under(desk, "370100", asks)
    assert found.own == "我们做了三件事。以上是做法；" + TEXTS["370100"]
    assert found.aside == ("恳请省里批准增拨经费！", "恳请支持。")
    assert parted("第一段。\n第二段", lambda _: False) == ("第一段。\n第二段", ())


@pytest.mark.parametrize(
    ("text", "longest", "cut"),
    [
        ("一句。两句。", 10, "一句。两句。"),
        ("一句话。两句话很长。", 6, "一句话。……"),
        ("“一句。”两句很长的话", 6, "“一句。”……"),
        ("没有句号的一段话", 4, "没有句号……"),
    ],
)
def test_long_words_are_cut_after_a_sentence(text: str, longest: int, cut: str) -> None:
    """A quote too long ends after a whole sentence, and says that it goes on."""
    assert shortened(text, longest) == cut
