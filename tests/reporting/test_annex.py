"""The notice's annex says all that the campaign declares, as an office would print it."""

from __future__ import annotations

import io
from collections.abc import Iterator
from dataclasses import replace

import docx
import pytest
from docx.document import Document
from docx.enum.section import WD_ORIENT
from docx.oxml.ns import qn

from sheetflow.findings import Severity
from sheetflow.reporting.annex import write_annex
from sheetflow.reporting.printed_forms import (
    column_numbers,
    parts_of,
    printed_label,
    printed_sheets,
)
from sheetflow.reporting.rule_relations import Officers
from sheetflow.schemas.campaign import Campaign, FormHead
from sheetflow.schemas.expressions import Expression
from sheetflow.schemas.guide_words import explain, type_words
from sheetflow.schemas.language.parser import parse
from sheetflow.schemas.language.rules import read_rule
from sheetflow.schemas.language.vocabulary import Vocabulary
from sheetflow.schemas.rules import DeclaredRule
from tests.county_book import CAMPAIGN
from tests.tiny.campaign import CAMPAIGN as RIVERS
from tests.tiny.forms import PATROL_FORM
from tests.tiny.gauged import GAUGED

WORDS = Vocabulary.of(PATROL_FORM.sheets, PATROL_FORM.indicators)
ROOM = 6000
"""Half a page, in twips."""


def rule(must: str, sheet: str = "", when: str = "") -> DeclaredRule:
    """Declare a rule of the river campaign."""
    read = [read_rule(text, WORDS, sheet) for text in (must, when or must)]
    assert all(isinstance(each, Expression) for each in read), read
    return DeclaredRule(
        code="walk",
        severity=Severity.VERIFY,
        must=read[0],  # type: ignore[arg-type]
        when=read[1] if when else None,  # type: ignore[arg-type]
        points=("metres",),
        wrong="里程太长",
        remedy="请核对",
        title="步行里程",
        summary="步行一次不超过30000米",
        sheet=sheet,
        skips_first=True,
    )


RULED = replace(
    RIVERS,
    forms=(
        replace(
            PATROL_FORM,
            rules=(rule("[巡河里程（米）]<=30000", "patrols", '[巡河方式]="步行"'),),
        ),
        *RIVERS.forms[1:],
    ),
    organiser="清河省水务局",
    contact="办公室，12314",
    head=FormHead(number="清河1表", issuer="清河省水务局", valid_until="2014年12月"),
)


def opened(campaign: Campaign) -> Document:
    """Write the annex and open it."""
    return docx.Document(io.BytesIO(write_annex(campaign)))


def texts(document: Document) -> list[str]:
    """Give every paragraph, those in tables among them, in order."""
    paragraphs = document.element.body.iter(qn("w:p"))
    return ["".join(text.text or "" for text in each.iter(qn("w:t"))) for each in paragraphs]


def said_by(campaign: Campaign) -> Iterator[str]:
    """Give what must stand in the annex of a campaign."""
    for form in campaign.forms:
        for sheet in printed_sheets(form):
            yield sheet.title
            yield from (column.label for column in sheet.columns)
            yield from (printed_label(column) for column in sheet.columns)
            yield from (type_words(form.current, column) for column in sheet.columns)
        for indicator in form.current.indicators:
            yield indicator.code
            yield indicator.label.strip("　")
            yield explain(form.current, indicator)
        yield from (each.summary for each in form.rules)
        yield from form.guidance
    yield from (check.summary for check in campaign.checks)


@pytest.mark.parametrize("campaign", [CAMPAIGN, RULED, GAUGED], ids=["2012", "rivers", "gauged"])
def test_all_that_is_declared_stands_in_the_annex(campaign: Campaign) -> None:
    """No sheet, column, indicator or check is missing from the paper that goes out."""
    whole = "\n".join(texts(opened(campaign)))
    assert [words for words in said_by(campaign) if words not in whole] == []


def test_the_annex_has_five_parts_as_word_knows_them() -> None:
    """The outline of Word shows the parts, and pages lie only where a table is wide."""
    document = opened(RULED)
    headings = [each.text for each in document.paragraphs if each.style.name == "Heading 1"]  # type: ignore[union-attr]
    assert headings == ["一、报表目录", "二、表式", "三、指标解释", "四、审核关系", "五、填报说明"]
    sections = [section.orientation for section in opened(CAMPAIGN).sections]
    assert {WD_ORIENT.PORTRAIT, WD_ORIENT.LANDSCAPE} == set(sections)
    assert sections[0] == sections[-1] == WD_ORIENT.PORTRAIT


def test_relations_read_as_officers_write_them() -> None:
    """A rule stands in the table of relations with its number, its sheet, its limits."""
    rows = [
        [cell.text for cell in row.cells]
        for table in opened(RULED).tables
        for row in table.rows
        if "步行一次不超过" in row.cells[-1].text
    ]
    relation = "巡河方式为“步行”时，巡河里程（米）≤30000"
    said = "步行一次不超过30000米（每年第一期不查）"
    assert [row[1:] for row in rows] == [["《河道巡查表》巡河日志", relation, said]]


@pytest.mark.parametrize(
    ("text", "written"),
    [
        ("[妇女之家数]<=[行政村数]+[社区数]", "妇女之家数≤行政村数+社区数"),
        ('[状态]={"在办","已办结"}', "状态为“在办”或“已办结”"),
        ('[状态]<>"" 且 ([甲]>=1 或 [乙]=1)', "状态不为空且（甲≥1或乙=1）"),
        ('[需求].[状态]<>"已撤销"', "需求的状态不为“已撤销”"),
        ("封面[零报告]=真", "《封面》的零报告=真"),
        ('计数(走访记录, [方式]="<=")>0', "《走访记录》中方式为“<=”的行数>0"),
        ("合计(走访记录, [人次])*2<>S19/(S20-3)", "《走访记录》人次合计×2≠S19÷（S20-3）"),
        ('([阶段]="了")=([状态]="结")', "阶段为“了”，与状态为“结”，同时成立或同时不成立"),
        ('含([内容], "资金")', "内容含“资金”"),
        ("[登记]>期末(2) 且 非 新增()", "登记>2期前的期末且不满足本行是本期新增"),
        ("不重复([身份证号], [类别])", "身份证号、类别合起来不与别的行重复"),
        ("有对应行(个案帮扶)", "《个案帮扶》中有对应的行"),
        ("本栏>0", "日记、台帐各>0"),
        ("[甲]-([乙]-1)=字数([丙])", "甲-（乙-1）=丙的字数"),
    ],
)
def test_the_language_is_written_in_the_signs_of_offices(text: str, written: str) -> None:
    """Officers read ≤ and “为”, no brackets and no functions of programs."""
    parsed = parse(text)
    assert isinstance(parsed, Expression)
    assert Officers(("日记", "台帐")).write(parsed) == written


def test_what_nobody_approved_is_not_printed() -> None:
    """表号 and its like stand on every form where they are declared, and nowhere else."""
    printed = texts(opened(RULED))
    sheets = sum(len(printed_sheets(form)) for form in RULED.forms)
    assert printed.count("表　　号：清河1表") == sheets
    assert not any(words.startswith("文　　号") for words in printed)
    assert not any(words.startswith(("表　　号", "制表机关")) for words in texts(opened(RIVERS)))


def test_a_wide_sheet_is_cut_where_the_page_ends() -> None:
    """Each column stands in one part, the first in all, and the numbers go on."""
    sheet = max(
        (sheet for sheet in CAMPAIGN.main_form.current.sheets if sheet.is_table),
        key=lambda each: len(each.columns),
    )
    parts = parts_of(sheet, ROOM)
    assert len(parts) > 1
    assert {part[0] for part in parts} == {sheet.columns[0]}
    assert (sheet.columns[0], *(each for part in parts for each in part[1:])) == sheet.columns
    numbers = column_numbers(sheet.columns)
    figures = [column for column in sheet.columns if column.type.numeric]
    assert [numbers[column.key] for column in figures] == [str(n + 1) for n in range(len(figures))]
    assert next(iter(numbers.values())) == "甲"


def test_the_same_campaign_gives_the_same_bytes() -> None:
    """Nobody wonders what changed in an annex of which nothing changed."""
    assert write_annex(CAMPAIGN) == write_annex(CAMPAIGN)
    fonts = {"仿宋_GB2312": "仿宋"}
    assert b"\xe4\xbb\xbf\xe5\xae\x8b_GB2312" not in _styles(write_annex(RIVERS, fonts))


def _styles(annex: bytes) -> bytes:
    import zipfile

    with zipfile.ZipFile(io.BytesIO(annex)) as package:
        return package.read("word/styles.xml")


def test_quotation_marks_within_others_are_single() -> None:
    """A campaign with quotation marks in its title stands in the annex's title as a printer sets it."""
    campaign = replace(RULED, title="2013年“清河”行动", forms=RULED.forms[:1])
    words = [each.text for each in docx.Document(io.BytesIO(write_annex(campaign))).paragraphs]
    assert any("“2013年‘清河’行动”" in each for each in words)
