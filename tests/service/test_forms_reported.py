"""Each form has a Word report by its own template, and one without a report has none."""

from __future__ import annotations

import io
from functools import partial
from pathlib import Path

import docx
import pytest

from sheetflow.context.templates import brought_reports
from sheetflow.reporting.report import plain_template
from sheetflow.service.status import standing
from sheetflow.upkeep.remind import lay_report_template
from tests.tiny.desk import (
    ALL,
    EAST,
    FIRST,
    FIRST_NAMED,
    IN_TIME,
    IN_TIME_AGAIN,
    NEXT_DAY,
    PROVINCE,
    WEST,
    Rows,
    sound,
)
from tests.tiny.forms import PATROL_FORM
from tests.tiny.pair import PROBE_FORM, PairDesk, samples

pytestmark = pytest.mark.slow

REPORT, TABLE = (
    f"情况报告_清河省_{FIRST_NAMED}_水质抽检表.docx",
    f"数字核对表_清河省_{FIRST_NAMED}_水质抽检表.xlsx",
)
OWN = "情况报告_水质抽检表.docx"


@pytest.fixture
def desk(tmp_path: Path) -> PairDesk:
    """Both forms handed out; East and West have sampled, East has patrolled."""
    desk = PairDesk.begun(tmp_path / "work")
    told: Rows = {**samples(250, 100), "words": [{"told": "三号桥下游水色发黄，已经通报。"}]}
    desk.hand_in(EAST, PROBE_FORM, told)
    desk.hand_in(EAST, PATROL_FORM, sound(500))
    desk.hand_in(WEST, PROBE_FORM, samples(50))
    return desk


def prose(path: Path) -> str:
    """Every word of a Word file, tables included."""
    document = docx.Document(io.BytesIO(path.read_bytes()))
    cells = (cell.text for table in document.tables for row in table.rows for cell in row.cells)
    return "\n".join([*(paragraph.text for paragraph in document.paragraphs), *cells])


def write_template(desk: PairDesk, *paragraphs: str) -> None:
    """Write the office's own template of the second form."""
    document = docx.Document()
    for words in paragraphs:
        document.add_paragraph(words)
    document.save(str(desk.workspace.templates / "report" / OWN))


def test_a_form_is_reported_by_its_own_template(desk: PairDesk) -> None:
    """The office's own template serves; the form without a report has none beside it."""
    write_template(desk, "本期取样{{ 本期.T1 }}次，{{ 单位名称 }}共{{ 本期.T3 }}毫升。")
    desk.run(IN_TIME)
    assert prose(desk.out(PROVINCE, FIRST) / REPORT).strip() == "本期取样3次，清河省共400毫升。"
    reports = [name for name in desk.names(PROVINCE) if name.startswith(("情况报告", "数字核对"))]
    assert sorted(reports) == sorted([REPORT, TABLE])


def test_a_plain_template_serves_until_there_is_one(desk: PairDesk) -> None:
    """Without a template of its own a form is reported by one made from its declaration, and that is said."""
    desk.run(IN_TIME)
    told = prose(desk.out(PROVINCE, FIRST) / REPORT)
    assert "清河省水质抽检表情况报告" in told
    assert f"应报单位{len(ALL)}个，已报2个" in told
    assert "三号桥下游水色发黄，已经通报。" in told
    assert "取样\n次\n3\n3" in told
    notices = "".join(desk.ask(lambda context: standing(context).notices, NEXT_DAY))
    assert f"情况报告模板 {OWN} 不在模板文件夹里" in notices


def test_a_template_that_comes_later_is_taken_up(desk: PairDesk) -> None:
    """What the plain one served for is made anew by the office's own, once it is there."""
    desk.run(IN_TIME)
    write_template(desk, "取样{{ 本期.T1 }}次。")
    desk.run(NEXT_DAY)
    assert prose(desk.out(PROVINCE, FIRST) / REPORT).strip() == "取样3次。"


@pytest.mark.slow
def test_a_template_in_trouble_is_told_by_its_form(desk: PairDesk) -> None:
    """A name that the form has not is told with the form's title, and the plain one serves."""
    write_template(desk, "登记排口{{ 本期.H1 }}个。")
    desk.run(IN_TIME)
    assert "清河省水质抽检表情况报告" in prose(desk.out(PROVINCE, FIRST) / REPORT)
    notices = "".join(desk.ask(lambda context: standing(context).notices, NEXT_DAY))
    told = "《水质抽检表》的情况报告模板第1段“登记排口{{ 本期.H1 }}……”里的标签“本期.H1”"
    assert told in notices


def test_init_lays_a_template_to_begin_with(desk: PairDesk) -> None:
    """Where there is none, the plain template is laid; one that is there stays."""
    path = desk.workspace.templates / "report" / OWN
    for form in (PATROL_FORM, PROBE_FORM):
        desk.ask(partial(lay_report_template, form=form))
    assert "{{ 本期.T1 }}" in prose(path)
    laid = {each.name for each in path.parent.glob("情况报告_*.docx")}
    assert laid - brought_reports() == {OWN}
    path.write_bytes(b"ours")
    desk.ask(lambda context: lay_report_template(context, PROBE_FORM), IN_TIME_AGAIN)
    assert path.read_bytes() == b"ours"


def test_a_plain_template_names_all_that_the_form_has() -> None:
    """Every figure and every text of the declaration stands in it."""
    words = docx.Document(io.BytesIO(plain_template(PROBE_FORM)))
    rows = [[cell.text for cell in row.cells] for row in words.tables[0].rows]
    assert [row[0] for row in rows[1:]] == ["取样", "　其中：劣五类", "水样"]
