"""The filled report: what it says, and what the check table says about it."""

from __future__ import annotations

import datetime as dt
import io
import time
import zipfile
from collections.abc import Callable
from dataclasses import replace

import docx
import pytest

from sheetflow.config.workspace import picture_font
from sheetflow.consolidation.report_data import (
    BoardRow,
    Narrative,
    Picture,
    Quote,
    ReportData,
    Series,
    UnitRow,
    Way,
)
from sheetflow.errors import DeclarationError
from sheetflow.reporting import CHECK_HEADINGS, check_table, render_report
from sheetflow.reporting.report import RenderedReport
from sheetflow.schemas.forms import Across


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


def test_missing_and_nil_units_are_named(
    template: bytes, province: ReportData, stamp: dt.datetime
) -> None:
    """Who did not report, reported nothing or late is named, not hidden."""
    text = _text(render_report(template, province, stamp=stamp))
    assert "本期应报单位18个，已报16个。已报单位中，作零报告的1个：泰安市。" in text
    assert "迟报的1个：烟台市" in text
    assert "尚未上报的2个（含退回修改、等待核实的）：日照市、滨州市" in text


def test_first_period_compares_with_nothing(
    template: bytes, city: ReportData, stamp: dt.datetime
) -> None:
    """A city's first report, from the same template, speaks of no last period."""
    text = _text(render_report(template, city, stamp=stamp))
    assert "济南市妇女联合会关于2012年1—2月" in text
    assert "比上期" not in text
    assert "沿用" not in text.split("特此报告")[0]
    assert "各单位均已上报" in text
    assert "本期各单位没有报送这方面的文字材料。" in text


def test_units_stand_in_administrative_order(
    template: bytes, province: ReportData, stamp: dt.datetime
) -> None:
    """Tables list the units as they were handed in, with state, 未报, blank and 0 apart."""
    report = render_report(template, province, stamp=stamp)
    rows = _table(report, 1)
    assert [row[0] for row in rows[3:]] == [row.unit for row in province.by_unit]
    by_unit = {row[0]: row for row in rows}
    assert by_unit["淄博市"][6] == ""
    assert by_unit["泰安市"][1:4] == ["零报告", "0", "656"]
    assert by_unit["日照市"][1:4] == ["沿用", "未报", "780"]
    assert set(by_unit["滨州市"][1:]) == {"未报"}
    money = {row[0]: row for row in _table(report, 2)}
    assert set(money["滨州市"][1:]) == {"未报"}
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
    assert "甲县。A & B <w:p/> {{ 7*7 }} {% x %} {_{ 7 }_} =1+1 尾" in _text(report)


def test_line_breaks_part_paragraphs(
    template: bytes, province: ReportData, stamp: dt.datetime
) -> None:
    """A narrative of two paragraphs is quoted as two paragraphs, its unit named once."""
    document = docx.Document(io.BytesIO(render_report(template, province, stamp=stamp).docx))
    starts = [paragraph.text[:6] for paragraph in document.paragraphs]
    place = starts.index("济南市。坚持")
    assert starts[place + 1] == "坚持边调研边"


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


def test_check_table_lists_every_figure_of_the_prose(
    template: bytes, province: ReportData, stamp: dt.datetime
) -> None:
    """The check table names indicator, unit and period of each figure as it was written."""
    rows = [
        dict(zip(CHECK_HEADINGS, row, strict=True))
        for row in check_table(render_report(template, province, stamp=stamp))
    ]
    by_name = {str(row["模板中的名称"]): row for row in rows}
    assert by_name["累计.S45"]["文中写法"] == "10956.21万元"
    assert by_name["累计.S45"]["数值"] == province.figures["S45"].total
    assert by_name["本期.S08"]["时段"] == "2012年3—4月"
    assert by_name["比上期.S08"]["文中写法"].startswith("下降")  # type: ignore[union-attr]
    assert by_name["累计.S26 占 累计.S19"]["文中写法"] == "133.5%"
    share, change = by_name["累计.S26 占 累计.S19"], by_name["比上期.S08"]
    s08, s19, s26 = (province.figures[code] for code in ("S08", "S19", "S26"))
    assert (share["分子或本期数"], share["分母或上期数"]) == (s26.total, s19.total)
    assert float(str(share["数值"])) == pytest.approx(s26.total / s19.total)  # type: ignore[operator]
    assert (change["分子或本期数"], change["分母或上期数"]) == (s08.current, s08.previous_current)
    assert (share["算法"], change["算法"]) == (Way.SHARE, Way.GROWTH)
    assert change["计量单位"] == "%"
    leaders = [row["单位"] for row in rows if row["模板中的名称"] == "居前.S08"]
    assert leaders == ["日照市", "威海市", "泰安市"]
    assert [row["序号"] for row in rows] == list(range(1, len(rows) + 1))


def test_check_table_lists_who_reported(
    template: bytes, province: ReportData, stamp: dt.datetime
) -> None:
    """How many had to report, did, sent a nil return or did not is checked like any figure."""
    used = {
        entry.name: entry for entry in render_report(template, province, stamp=stamp).used_figures
    }
    counts = {
        "应报单位数": 18,
        "已报单位数": 16,
        "上期已报单位数": 18,
        "零报告单位|个数": 1,
        "迟报单位|个数": 1,
        "未报单位|个数": 2,
    }
    assert {name: used[name].value for name in counts} == counts
    assert {used[name].text for name in counts} == {"18", "16", "1", "2"}


def test_fewer_reports_than_last_time_are_said_once(
    template: bytes, province: ReportData, stamp: dt.datetime
) -> None:
    """Whoever reads of a fall knows that fewer units reported, and reads it only then."""
    said = "上期已报18个，本期已报的单位比上期少"
    assert _text(render_report(template, province, stamp=stamp)).count(said) == 1
    as_many = replace(province, reported_before=16)
    assert "已报的单位比上期少" not in _text(render_report(template, as_many, stamp=stamp))


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
