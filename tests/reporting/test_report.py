"""The filled report: what it says, and what the check table says about it."""

from __future__ import annotations

import datetime as dt
import io
import re
import time
import zipfile
from collections.abc import Callable
from dataclasses import replace

import docx
import pytest

from sheetflow.config.workspace import picture_font
from sheetflow.consolidation.report_data import (
    Asking,
    BoardRow,
    BranchRow,
    Choices,
    Narrative,
    Picture,
    Quote,
    ReportData,
    Series,
    UnitRow,
    Way,
)
from sheetflow.consolidation.report_figures import Made
from sheetflow.consolidation.states import State, Tally
from sheetflow.errors import DeclarationError
from sheetflow.reading.word_text import blocks_of, read_word
from sheetflow.reporting import render_report
from sheetflow.reporting.report import RenderedReport
from sheetflow.schemas.forms import Across
from tests.reporting.conftest import CITIES, TEMPLATE


def _text(report: RenderedReport) -> str:
    document = docx.Document(io.BytesIO(report.docx))
    return "\n".join(paragraph.text for paragraph in document.paragraphs)


def _table(report: RenderedReport, index: int) -> list[list[str]]:
    document = docx.Document(io.BytesIO(report.docx))
    return [[cell.text for cell in row.cells] for row in document.tables[index].rows]


def test_figures_stand_in_the_sentences(
    template: bytes, province: ReportData, stamp: dt.datetime
) -> None:
    """The province reads this period, the year so far and the change in plain sentences."""
    text = _text(render_report(template, province, stamp=stamp))
    s08 = province.figures["S08"]
    assert f"走访妇女群众{s08.current}人次，比上期下降" in text
    assert f"2012年1—4月，累计开展走访活动{province.figures['S07'].total}次" in text
    assert "办结率42.7%，比上期提高2.6个百分点。" in text
    assert "{" not in text
    assert "%}" not in text


def test_who_is_missing_is_counted_and_named_only_where_that_is_set(
    template: bytes, province: ReportData, stamp: dt.datetime
) -> None:
    """A report that goes up says how many are missing, nil or late; an office may have them named."""
    text = _text(render_report(template, province, stamp=stamp))
    assert "本期应报单位18个，已报16个，其中作零报告的1个，迟报的1个。其余2个单位正在催报" in text
    assert "日照市、滨州市" not in text
    named = replace(province, choices=Choices(names_units=True))
    text = _text(render_report(template, named, stamp=stamp))
    assert (
        "作零报告的是泰安市。迟报的是烟台市。尚未完成报送的（未报1个、退回待改1个）是日照市、滨州市。"
        in text
    )


def test_no_sentence_holds_more_than_fifteen_names(
    template: bytes, province: ReportData, stamp: dt.datetime
) -> None:
    """Of fifty units that are missing fifteen are named, and the others counted."""
    missing = tuple(f"{number}县" for number in range(1, 51))
    tally, choices = Tally({State.MISSING: 50}, late=0), Choices(names_units=True)
    named = replace(province, tally=tally, missing=missing, choices=choices)
    text = _text(render_report(template, named, stamp=stamp))
    assert f"是{'、'.join(missing[:15])}等50个单位。" in text
    fifteen = replace(named, missing=missing[:15])
    assert f"{missing[14]}。" in _text(render_report(template, fifteen, stamp=stamp))


def test_what_cannot_be_said_well_is_not_said(
    template: bytes, province: ReportData, city: ReportData, stamp: dt.datetime
) -> None:
    """与上期持平; no quotient without a whole; in a year's first period all of it is of this period."""
    figures = dict(province.figures)
    figures["S08"] = replace(figures["S08"], previous_current=figures["S08"].current)
    figures["S52"] = replace(figures["S52"], total=0)
    figures["S54"] = replace(figures["S54"], total=None)
    text = _text(render_report(template, replace(province, figures=figures), stamp=stamp))
    assert "人次，与上期持平，其中" in text
    assert "比上期持平" not in text
    assert re.search("落实基层妇联组织专项工作经费[0-9.]+万元。", text)
    assert "件，其中本期" in text
    assert "件，其中本期" not in _text(render_report(template, city, stamp=stamp))


def test_a_report_of_nothing_is_one_sentence(province: ReportData, stamp: dt.datetime) -> None:
    """Where nobody reported, the office has one sentence in its own form, and no figure of anything."""
    nothing = TEMPLATE.with_name("情况报告_尚无上报.docx").read_bytes()
    none = replace(
        province,
        missing=tuple(row.unit for row in province.board),
        has_any=False,
        remark="模板有错。",
    )
    made = render_report(nothing, none, stamp=stamp)
    text = _text(made)
    assert "应报“下基层、访妇情、办实事”活动情况的18个单位都还没有完成报送" in text
    assert text.count("。") == 1
    assert "未报" not in text
    document = docx.Document(io.BytesIO(made.docx))
    assert [row.cells[0].text[:3] for table in document.tables for row in table.rows] == [
        "抄送：",
        "山东省",
    ]
    [comment] = document.comments
    assert (comment.text, comment.timestamp) == ("模板有错。", stamp)
    assert "模板有错" not in text


def test_the_annex_for_the_office_holds_the_names(province: ReportData, stamp: dt.datetime) -> None:
    """Names of units and what they ask for stand in an annex that does not go up."""
    asked = (Asking("历下区", "意见建议", "恳请省妇联协调放宽贷款条件。"),)
    annex = TEMPLATE.with_name("情况报告_内部附件.docx").read_bytes()
    made = render_report(annex, replace(province, asked=asked), stamp=stamp)
    text = _text(made)
    assert "不随报告上报" in text
    assert "尚未完成报送的是日照市、滨州市。" in text
    assert "1. 历下区（意见建议）：恳请省妇联协调放宽贷款条件。" in text
    assert len(_table(made, 0)) == 19


def test_the_second_annex_is_a_row_a_city(
    template: bytes, province: ReportData, stamp: dt.datetime
) -> None:
    """Annex 2 counts by unit directly below, with a sum; each unit is listed only where names may stand."""
    branches = tuple(
        BranchRow(
            unit=city, tally=Tally({State.ACCEPTED: 1, State.NIL: 1, State.RETURNED: 1}, late=1)
        )
        for city in CITIES[:2]
    )
    report = replace(province, branches=branches)
    rows = _table(render_report(template, report, stamp=stamp), 3)
    assert rows[0] == [
        "序号",
        "单位",
        "应报",
        "已报",
        "其中：\n零报告",
        "其中：\n迟报",
        *rows[0][6:],
    ]
    assert rows[1][:6] == ["", "合计", "18", "16", "1", "1"]
    assert rows[2] == ["1", "济南市", "3", "2", "1", "1", "1", "0", "0", "0"]
    assert (
        len(docx.Document(io.BytesIO(render_report(template, report, stamp=stamp).docx)).tables)
        == 5
    )
    named = replace(report, choices=Choices(names_units=True))
    assert len(_table(render_report(template, named, stamp=stamp), 4)) == 19


def test_room_is_left_for_what_is_signed(
    template: bytes, province: ReportData, stamp: dt.datetime
) -> None:
    """The date stays blank until the report is signed; the signer stands beside the number."""
    text = _text(render_report(template, province, stamp=stamp))
    assert "鲁妇发〔2012〕36号\t签发人：" in text
    assert "　　年　　月　　日" in text
    letter = replace(province.letter, signer="王某某", signed_on=dt.date(2012, 5, 9))
    text = _text(render_report(template, replace(province, letter=letter), stamp=stamp))
    assert "签发人：王某某" in text
    assert "2012年5月9日" in text


def test_the_short_version_is_of_the_same_figures(
    province: ReportData, city: ReportData, stamp: dt.datetime
) -> None:
    """The short version fills for province and city, without annexes."""
    short = TEMPLATE.with_name("情况报告_简版.docx").read_bytes()
    for report in (province, city):
        text = _text(render_report(short, report, stamp=stamp))
        assert f"走访妇女群众{report.figures['S08'].current}人次" in text
        assert "附件" not in text


def test_first_period_compares_with_nothing(
    template: bytes, city: ReportData, stamp: dt.datetime
) -> None:
    """A city's first report, from the same template, speaks of no last period."""
    text = _text(render_report(template, city, stamp=stamp))
    assert "济南市妇女联合会关于2012年1—2月" in text
    assert "比上期" not in text
    assert "沿用" not in text.split("特此报告")[0]
    assert "各单位均已报送" in text
    assert "本期活动的各项工作情况见第一部分。" in text


def test_units_stand_in_administrative_order(
    template: bytes, province: ReportData, stamp: dt.datetime
) -> None:
    """Tables list the units as they were handed in, with state, blank and 0 apart."""
    report = render_report(template, province, stamp=stamp)
    rows = _table(report, 1)
    assert [row[0] for row in rows[3:]] == [row.unit for row in province.by_unit]
    by_unit = {row[0]: row for row in rows}
    assert by_unit["淄博市"][6] == ""
    assert by_unit["泰安市"][1:4] == ["零报告", "0", "656"]
    assert by_unit["日照市"][1:4] == ["退回待改\n（沿用）", "", "780"]
    assert by_unit["滨州市"][1] == "未报"
    assert set(by_unit["滨州市"][2:]) == {""}
    money = {row[0]: row for row in _table(report, 2)}
    assert money["滨州市"][1] == "未报"
    assert set(money["滨州市"][2:]) == {""}
    assert money["济南市"][5] == "19.27"
    assert money["泰安市"][1] == "零报告"


def test_users_text_stays_text(template: bytes, province: ReportData, stamp: dt.datetime) -> None:
    """What a county wrote is quoted to the letter, never taken as markup or as template."""
    evil = "A & B <w:p/> {{ 7*7 }} {% x %} {_{ 7 }_} =1+1\x07尾"
    narratives = (
        *province.narratives[1:],
        Narrative(label="主要做法", quotes=(Quote("甲县", evil),)),
    )
    report = render_report(template, replace(province, narratives=narratives), stamp=stamp)
    assert "甲县：A & B <w:p/> {{ 7*7 }} {% x %} {_{ 7 }_} =1+1 尾" in _text(report)


def test_line_breaks_part_paragraphs(
    template: bytes, province: ReportData, stamp: dt.datetime
) -> None:
    """A narrative of two paragraphs is quoted as two paragraphs, its unit named once; the own one has no name."""
    document = docx.Document(io.BytesIO(render_report(template, province, stamp=stamp).docx))
    starts = [paragraph.text[:7] for paragraph in document.paragraphs]
    place = starts.index("如济南市：坚持")
    assert starts[place + 1] == "坚持边调研边解"
    assert starts[place - 2] == "省妇联机关坚持"
    assert starts[place + 2] == "青岛市：坚持干"
    assert "各地下步打算见汇总表的工作表《文字材料》。" in [
        paragraph.text for paragraph in document.paragraphs
    ]


def test_line_breaks_stay_within_a_paragraph(
    edited: Callable[[str, str], bytes], province: ReportData, stamp: dt.datetime
) -> None:
    """A text put into a sentence as a whole keeps its line breaks."""
    tag = "{% for 例 in 典型案例 %}{{ 例.正文 }}{% endfor %}"
    document = docx.Document(
        io.BytesIO(render_report(edited("特此报告。", tag), province, stamp=stamp).docx)
    )
    [story] = [par for par in document.paragraphs if "定期回访。\n三个月来" in par.text]
    assert len(story._p.findall(".//{*}br")) == 1  # noqa: SLF001 - python-docx has no public way


def test_equal_input_gives_equal_bytes(
    template: bytes, province: ReportData, stamp: dt.datetime
) -> None:
    """Rebuilt from the same sources a report has the same bytes, dated by its newest source."""
    first = render_report(template, province, stamp=stamp)
    assert render_report(template, province, stamp=stamp) == first
    with zipfile.ZipFile(io.BytesIO(first.docx)) as package:
        assert {member.date_time for member in package.infolist()} == {(2012, 5, 8, 15, 30, 0)}
    properties = docx.Document(io.BytesIO(first.docx)).core_properties
    assert properties.modified == stamp
    assert (properties.author, properties.last_modified_by) == (province.letter.issuer,) * 2


def test_every_figure_of_the_prose_is_told(
    template: bytes, province: ReportData, stamp: dt.datetime
) -> None:
    """Each figure is known as it was written, with unit, period and what it was made from."""
    figures = render_report(template, province, stamp=stamp).used_figures
    by_name = {used.name: used for used in figures}
    assert by_name["累计.S45"].text == "10956.21万元"
    assert by_name["累计.S45"].value == province.figures["S45"].total
    assert by_name["本期.S08"].period == "2012年3—4月"
    share, change = by_name["累计.S26 占 累计.S19"], by_name["比上期.S08"]
    assert (share.text, change.text[:2], change.measure) == ("133.5%", "下降", "%")
    s08, s19, s26 = (province.figures[code] for code in ("S08", "S19", "S26"))
    assert share.made == Made(Way.SHARE, s26.total, s19.total)
    assert change.made == Made(Way.GROWTH, s08.current, s08.previous_current)
    assert float(str(share.value)) == pytest.approx(s26.total / s19.total)  # type: ignore[operator]
    leaders = [used.unit for used in figures if used.name == "居前.S08"]
    assert leaders == ["日照市", "威海市", "泰安市"]


def test_figures_stand_in_their_sentences_in_page_order(
    template: bytes, province: ReportData, stamp: dt.datetime
) -> None:
    """Whoever checks finds every figure where the report has it: heading, sentence, place."""
    report = render_report(template, province, stamp=stamp)
    text = _text(report)
    prose = [each for each in report.sentences if not each.is_table]
    after = 0
    for sentence in prose:
        after = text.index(sentence.text, after) + len(sentence.text)
        for each in sentence.figures:
            assert sentence.text[each.start : each.end] == each.used.text
    assert sentence.text.count("。") <= 1
    assert {each.part.partition("　")[0] for each in prose} >= {"一、总体情况", "附件2"}
    totals = [each for each in report.sentences if each.is_table]
    assert all("统计表" in each.part and each.text.startswith("合计") for each in totals)
    for each in (figure for row in totals for figure in row.figures):
        assert each.used.name.startswith(("本期.", "累计."))


def test_who_reported_is_told_like_any_figure(
    template: bytes, province: ReportData, stamp: dt.datetime
) -> None:
    """How many had to report, did, sent a nil return or did not is checked like any figure."""
    used = {
        entry.name: entry for entry in render_report(template, province, stamp=stamp).used_figures
    }
    counts = {
        "应报单位数": 18,
        "已报单位数": 16,
        "未报单位情况.未报": 1,
        "未报单位情况.退回待改": 1,
        "零报告单位|个数": 1,
        "迟报单位|个数": 1,
        "未报单位|个数": 2,
    }
    assert {name: used[name].value for name in counts} == counts
    assert {used[name].text for name in counts} == {"18", "16", "1", "2"}


def test_whom_comparisons_stand_on_is_said_once(
    template: bytes, province: ReportData, stamp: dt.datetime
) -> None:
    """Comparisons over some units say over how many, in the text and in the list of its figures."""
    said = "下文与上期的比较，按两期都已报送的15个单位计算（同口径）。"
    figures = {code: replace(each, pair=(30, 20)) for code, each in province.figures.items()}
    some = replace(province, compared=15, figures=figures)
    report = render_report(template, some, stamp=stamp)
    assert _text(report).count(said) == 1
    assert "比上期增长50.0%" in _text(report)
    changes = [one for one in report.used_figures if one.name.startswith("比上期")]
    assert changes
    assert {one.period for one in changes} == {"2012年3—4月比2012年1—2月（两期都已报的15个单位）"}
    assert "同口径" not in _text(render_report(template, province, stamp=stamp))


def test_figures_of_an_earlier_declaration_are_named(
    template: bytes, province: ReportData, stamp: dt.datetime
) -> None:
    """The note under the table says which figures were not counted anew, and nothing where all were."""
    told = "、".join(f"“{province.figures[code].label}”（{code}）" for code in ("S08", "S09"))
    kept = replace(province, former=("S08", "S09"))
    words = _text(render_report(template, kept, stamp=stamp))
    assert words.count(f"{told}含按原口径的数") == 1
    assert "原口径" not in _text(render_report(template, province, stamp=stamp))


def test_nothing_new_is_said_in_words(
    template: bytes, province: ReportData, stamp: dt.datetime
) -> None:
    """Nobody reads of 0 needs that fell by 100.0%."""
    none = replace(province.figures["S19"], current=0)
    report = replace(province, figures={**province.figures, "S19": none})
    text = _text(render_report(template, report, stamp=stamp))
    assert "本期没有新登记的妇女需求，办结" in text
    assert "下降100.0%" not in text


def test_leaders_are_named_among_several_units_below(
    template: bytes, province: ReportData, stamp: dt.datetime
) -> None:
    """No report calls three of three units the foremost, and none counts 本级 among them."""
    assert "居前的是" in _text(render_report(template, province, stamp=stamp))
    few = replace(province, by_unit=province.by_unit[:4])
    assert "居前的是" not in _text(render_report(template, few, stamp=stamp))


def test_figures_only_asked_about_are_not_listed(
    edited: Callable[[str, str], bytes], province: ReportData, stamp: dt.datetime
) -> None:
    """A figure that only decides whether a sentence stands is not in the check table."""
    changed = edited("特此报告。", "{% if 累计.S13 == 0 or 累计.S13 < 0 %}无{% endif %}特此报告。")
    again = render_report(changed, province, stamp=stamp)
    once = edited("特此报告。", "{{ 上期.S13 }}特此报告。")
    names = {used.name for used in render_report(once, province, stamp=stamp).used_figures}
    assert "上期.S13" in names
    assert not {used.name for used in again.used_figures} - (names - {"上期.S13"})


def test_fonts_can_be_replaced(template: bytes, province: ReportData, stamp: dt.datetime) -> None:
    """An office without 仿宋_GB2312 names its own font once, and the whole report uses it."""
    fonts = {"仿宋_GB2312": "仿宋", "方正小标宋简体": "华文中宋"}
    report = render_report(template, province, stamp=stamp, fonts=fonts)
    with zipfile.ZipFile(io.BytesIO(report.docx)) as package:
        styles = package.read("word/styles.xml").decode()
        assert "仿宋_GB2312" not in styles
        assert "华文中宋" in styles
        assert "楷体_GB2312" in styles


def test_pictures_have_their_place(
    edited: Callable[[str, str], bytes], province: ReportData, stamp: dt.datetime
) -> None:
    """A template may name a picture: it is drawn when it is there, and leaves nothing when not."""
    changed = edited("特此报告。", "{{ 图.走访 }}特此报告。")
    picture = Picture(
        name="走访",
        title="走访",
        across=Across.UNITS,
        unit="次",
        categories=("甲", "乙"),
        series=(Series("走访", (1, 2)),),
    )
    shown, font = replace(province, pictures=(picture,)), picture_font()
    drawn = render_report(changed, shown, stamp=stamp, picture_font=font)
    assert len(docx.Document(io.BytesIO(drawn.docx)).inline_shapes) == 1
    assert drawn == render_report(changed, shown, stamp=stamp, picture_font=font)
    bare = render_report(changed, province, stamp=stamp)
    assert "\n特此报告。" in _text(bare)


def test_a_heading_may_not_take_an_engine_name(
    template: bytes, province: ReportData, stamp: dt.datetime
) -> None:
    """A campaign whose narrative column is called like one of our names is refused at once."""
    clash = replace(province, narratives=(Narrative(label="各单位"),))
    with pytest.raises(DeclarationError, match="各单位"):
        render_report(template, clash, stamp=stamp)


def test_the_text_of_a_draft_is_known_without_reading_it_back(
    template: bytes, province: ReportData, stamp: dt.datetime
) -> None:
    """What a signed report will be compared with is word for word what stands in the draft's file."""
    made = render_report(template, province, stamp=stamp)
    read = read_word(made.docx).blocks
    assert len(read) > 20
    assert blocks_of(made.body) == read


def test_long_tables_are_quick(template: bytes, province: ReportData, stamp: dt.datetime) -> None:
    """A table of 141 units and a board of 158 are filled in well under two seconds."""
    rows = tuple(
        UnitRow(unit=f"县{index}", state=row.state, current=row.current, total=row.total)
        for index in range(141)
        for row in [province.by_unit[index % 17]]
    )
    board = tuple(BoardRow(unit=f"县{index}", state="已报") for index in range(158))
    started = dt.datetime.now(dt.UTC)
    report = render_report(template, replace(province, by_unit=rows, board=board), stamp=stamp)
    assert dt.datetime.now(dt.UTC) - started < dt.timedelta(seconds=2)
    assert len(_table(report, 3)) == 159


def test_a_template_is_taken_apart_only_once(
    edited: Callable[[str, str], bytes], province: ReportData, city: ReportData, stamp: dt.datetime
) -> None:
    """The second report from the same template costs only its filling."""
    anew = edited("特此报告。", "特此报告，请阅。")

    def seconds(report: ReportData) -> float:
        begun = time.process_time()
        render_report(anew, report, stamp=stamp)
        return time.process_time() - begun

    first = seconds(city)
    assert min(seconds(city) for _ in range(3)) < first * 0.75
    assert render_report(anew, province, stamp=stamp).docx
