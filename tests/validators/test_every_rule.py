"""Every rule of the catalogue: what breaks it is found, what nearly breaks it is not."""

from __future__ import annotations

import datetime as dt
import re
import string

import openpyxl
import pytest
from openpyxl.worksheet.worksheet import Worksheet

from sheetflow.findings import Check, Finding
from sheetflow.prefill import prefill_blank
from sheetflow.schemas.forms import Form
from sheetflow.schemas.guide_words import NOT_THEIRS
from sheetflow.schemas.layout import GUIDE_SHEET
from sheetflow.schemas.rule_needs import hangs_on
from sheetflow.writing import Dress, write_workbook
from tests.county_book import CAMPAIGN, TREE, cell, judged, named, said
from tests.validators.pairs import Pair
from tests.validators.pairs_attachments import ATTACHED
from tests.validators.pairs_books import BOOKS
from tests.validators.pairs_campaign import CAMPAIGNS_OWN
from tests.validators.pairs_cells import CELLS
from tests.validators.pairs_contest import CONTESTS
from tests.validators.pairs_filings import FILINGS
from tests.validators.pairs_judging import JUDGING
from tests.validators.pairs_merging import MERGING
from tests.validators.pairs_superiors import SUPERIORS

PAIRS = (
    *CELLS,
    *BOOKS,
    *ATTACHED,
    *CAMPAIGNS_OWN,
    *JUDGING,
    *FILINGS,
    *CONTESTS,
    *SUPERIORS,
    *MERGING,
)
ELSEWHERE = {
    # Codes that no drawn workbook can bear, and the test that proves each.
    "file-": "tests/reading/test_file_codes.py, tests/reading/test_gate.py",
    "remark-": "tests/reading/test_file_codes.py; passed on: tests/test_pipeline.py",
    "unit-guessed": "found when a database is made again: tests/upkeep/test_recover.py",
    "form-doubtful": "needs a campaign of two forms: tests/validators/test_recognition.py",
    "our-fault": "a fault of our own, given by the service around judging",
    "version-older": "needs a form of two versions: tests/versions/test_judging.py",
    "version-outdated": "likewise: tests/versions/test_what_comes_and_goes.py",
    "choice-retired": "likewise: tests/versions/test_what_comes_and_goes.py",
    "rejected": "a superior's decision: tests/upkeep/test_decide.py",
}
CHECKS = tuple(CAMPAIGN.catalogue.checks.values())


def found_in(pair: Pair) -> list[Finding]:
    """Give the findings of the pair's rule in the workbook that breaks it."""
    return [entry for entry in pair.judge_broken().findings if entry.rule == pair.rule]


def test_the_valid_workbook_has_no_finding() -> None:
    """A county that has filled everything in as asked hears nothing but that it is accepted."""
    assert said(judged()) == []
    assert said(judged(before="")) == []


@pytest.mark.parametrize("pair", PAIRS, ids=lambda pair: pair.name)
def test_what_breaks_a_rule_is_found_at_its_cell(pair: Pair) -> None:
    """A fault is found once, in the cell of the submitted file where it must be mended."""
    found = [(entry.place.title, named(entry.place)) for entry in found_in(pair)]
    assert found == [pair.spot]


@pytest.mark.parametrize("pair", PAIRS, ids=lambda pair: pair.name)
def test_what_nearly_breaks_a_rule_is_let_be(pair: Pair) -> None:
    """No clerk is told of a fault that is none."""
    assert pair.rule not in {entry.rule for entry in pair.judge_nearly().findings}


@pytest.mark.parametrize("pair", PAIRS, ids=lambda pair: pair.name)
def test_sentences_are_whole_and_chinese(pair: Pair) -> None:
    """Every finding reads as plain Chinese: no code, no English, no half-width punctuation."""
    (finding,) = found_in(pair)[:1]
    sentence = CAMPAIGN.catalogue.sentence(finding)
    assert sentence.endswith("。")
    assert "{" not in sentence
    assert "None" not in sentence
    ours = CAMPAIGN.catalogue.wrong(finding) + CAMPAIGN.catalogue.remedy(finding)
    for argument in finding.arguments.values():
        ours = ours.replace(str(argument), "")
    assert not re.search(r"[,;:?!()]|(?<!\d)\.|\.(?!\d)", ours.replace("*.xlsx", "")), ours


def _exempt(check: Check) -> bool:
    return any(check.code.startswith(code) for code in ELSEWHERE)


def test_every_rule_has_a_pair() -> None:
    """No rule goes unproved: each is broken once and nearly broken once."""
    wanted = {check.code for check in CHECKS if not _exempt(check)}
    proved = {pair.rule for pair in PAIRS}
    unproved = sorted(wanted - proved)
    assert not unproved, f"{unproved}: draw a `Pair` for each in tests/validators/pairs_*.py"
    assert not proved - wanted


@pytest.mark.parametrize("check", CHECKS, ids=lambda check: check.code)
def test_every_rule_has_its_texts(check: Check) -> None:
    """Each rule says what is wrong, what to do, and which sentence it enforces."""
    for text in (check.title, check.wrong, check.remedy, check.summary, check.source):
        assert text.strip()
        assert re.search("[一-鿿]", text)
    bare = re.sub(r"\{\w+\}", "", check.wrong + check.remedy + check.summary + check.title)
    words = set(re.findall(r"[A-Za-z]{2,}", bare))
    assert words <= {
        "Excel",
        "WPS",
        "Word",
        "PDF",
        "CSV",
        "XML",
        "Ctrl",
        "End",
        "xlsx",
        "inbox",
        "outbox",
        "xls",
        "xlsb",
        "ods",
        "et",
        "REF",
    }
    assert not check.wrong.endswith("。")
    assert not check.remedy.endswith("。")


def test_every_rule_has_a_line_in_the_guide() -> None:
    """Whoever reads the 填报说明 of a form knows every check that can be heeded before it is made.

    Checks of one title share a line, and all that ails a file stands in one. What no clerk
    can heed (a fault of the service, a decision above) is not among them.
    """
    guides = [_guide_of(form) for form in CAMPAIGN.forms]
    whole = {str(cell.value) for each in guides for row in each.iter_rows() for cell in row}
    lines = {words for told in whole for words in re.split("[；、：]|的，", told)}

    def told(check: Check) -> bool:
        by_title = check.code.startswith(("file-", "remark-"))
        if by_title:
            return check.title in lines
        return any(check.summary in words for words in whole)

    asked = [each for each in CHECKS if any(hangs_on(form, each.code) for form in CAMPAIGN.forms)]
    missing = {check.code for check in asked if not told(check)}
    assert missing == NOT_THEIRS & {check.code for check in CHECKS}
    for guide in guides:
        titles = [str(cell.value) for cell in guide["A"] if cell.value]
        heading = next(title for title in titles if title.endswith("、审核要求"))
        titles = titles[titles.index(heading) :]
        assert len(titles) == len(set(titles))


def _guide_of(form: Form) -> Worksheet:
    """Give the guide of a form's workbook, at a level at which it has all its sheets."""
    unit = max(
        (unit for unit in TREE if form.is_for(unit.level)),
        key=lambda unit: len(form.sheets_for(unit.level)),
    )
    blank = prefill_blank(CAMPAIGN, form, unit, form.periods_of(2012)[:2][-1])
    dress = Dress(campaign=CAMPAIGN.title, catalogue=CAMPAIGN.catalogue)
    return _sheet_of(write_workbook(blank, dress, dt.datetime(2012, 3, 1, tzinfo=dt.UTC)))


def test_no_form_speaks_of_files_that_it_does_not_take() -> None:
    """Who hands in a workbook alone reads nothing of files beside it."""
    told = {
        str(cell.value)
        for row in _guide_of(CAMPAIGN.by_key["scores"]).rows
        for cell in row
        if cell.value
    }
    summaries = [check.summary for check in CHECKS if check.code.startswith("attachment")]
    assert not any(summary in text for summary in summaries for text in told)


def _sheet_of(made: bytes) -> Worksheet:
    import io

    sheet = openpyxl.load_workbook(io.BytesIO(made))[GUIDE_SHEET]
    assert isinstance(sheet, Worksheet)
    return sheet


@pytest.mark.parametrize("pair", PAIRS, ids=lambda pair: pair.name)
def test_arguments_are_those_of_the_sentence(pair: Pair) -> None:
    """No sentence is given less than it says, nor told more than it needs."""
    check = CAMPAIGN.catalogue[pair.rule]
    wanted = {
        name for _, name, _, _ in string.Formatter().parse(check.wrong + check.remedy) if name
    }
    for finding in found_in(pair):
        assert set(finding.arguments) >= wanted


SENTENCES = {
    "required": f"《走访记录》{cell('visits', 'mode', 4)}“走访方式”：这一栏必须填写，现在是空的。请补填。",
    "number-about": (
        f"《干部名册》{cell('cadres', 'women_linked', 4)}，G001“固定联系妇女人数”：“3000多”是约数，无法汇总。"
        "请填确切的数，不要带“多”“约”“左右”等字样。"
    ),
    "date-incomplete": (
        f"《走访记录》{cell('visits', 'visited_on', 4)}“日期”：“2012年3月”不是完整的日期。"
        "请写全年月日，如2012-3-5，系统不会代为补上。"
    ),
    "choice-unknown": (
        f"《走访记录》{cell('visits', 'mode', 4)}“走访方式”：“闲聊”不是可选的内容。"
        "请从下拉列表中选：一对一访谈、实地考察、座谈交流、问卷征询。"
    ),
    "required-when": (
        f"《走访记录》{cell('visits', 'questionnaires', 5)}“收回问卷（份）”：“走访方式”为问卷征询时，这一栏必须填写，现在是空的。请补填。"
    ),
    "id-digits-lost": (
        f"《妇女需求台帐》{cell('needs', 'id_number', 4)}，X0001“身份证号”：身份证号成了数字或科学计数法，末几位已经丢失。"
        "请设为文本格式重新录入；没有的可以空着。"
    ),
    "key-twice": (
        f"《干部名册》{cell('cadres', 'cadre_id', 5)}，G001“干部编号”：“G001”已在{cell('cadres', 'cadre_id', 4)}用过，这里重复了。请给这一行另编一个没有用过的编号。"
    ),
    "reference-unknown": (
        f"《走访记录》{cell('visits', 'cadres', 4)}“参加干部”：“G009”在《干部名册》中找不到。"
        "请核对编号，或先在《干部名册》中登记。"
    ),
    "date-order": (
        f"《妇女需求台帐》{cell('needs', 'closed_on', 5)}，X0002“办结日期”：日期2012年3月7日早于“登记日期”的2012年3月8日。请核对两个日期。"
    ),
    "statistic-constant": (
        "《活动统计》F6“台帐登记需求”：S19“台帐登记需求”的公式被改成了数字5，而按明细表计算应为4。"
        "请核对明细表；这一格应是公式，退回的工作簿中已恢复，不用再填。"
    ),
    "pairing-one": (
        f"《结对帮扶》{cell('pairings', 'helpers', 4)}，J001“帮扶主体数（单位或人）”：结对方式是一帮一，帮扶主体数应为1，现在是2。"
        "请改正主体数或结对方式。"
    ),
    "row-vanished": (
        f"《妇女需求台帐》{cell('needs', 'need_id', 3)}“台帐编号”：上期已接收的X0005不见了。"
        "退回的工作簿已把这些行补在表末，请核对后保留；"
        "登记有误的不要删除，改为不再计入的状态并写明原因。"
    ),
    "swing": (
        "《活动统计》“妇女人数”：S52“妇女人数”本期为172000，上期为37000，相差三倍以上。"
        "请核对；确实如此的请写明原因。"
    ),
}


@pytest.mark.parametrize("rule", SENTENCES)
def test_sentences_say_where_what_and_how(rule: str) -> None:
    """The sentences that are read most say where, what is wrong with both figures, and what to do."""
    pair = next(entry for entry in PAIRS if entry.rule == rule)
    assert [CAMPAIGN.catalogue.sentence(entry) for entry in found_in(pair)] == [SENTENCES[rule]]
