"""河道巡查 with a report: the main form, a card of words to quote, and its own Word template.

The engine's other tests go without: every pass of theirs would fill Word files that none of
them looks at.
"""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

from docx import Document

from sheetflow.schemas.columns import RowModel, text
from sheetflow.schemas.forms import ChartSpec, ReportSpec
from sheetflow.schemas.sheets import Kind, Sheet
from tests.tiny.campaign import CAMPAIGN
from tests.tiny.desk import FIRST, Desk, Rows, Spoil, sound, write
from tests.tiny.forms import PATROL_FORM, REGISTER_FORM

REPORTED_NAME = "tests.tiny.reported:REPORTED"
"""What ``sheetflow.toml`` says."""


class Words(RowModel):
    """What a unit has to say of its quarter."""

    told = text("巡查小结", 400, required=False)


REPORTED_FORM = replace(
    PATROL_FORM,
    sheets=(
        *PATROL_FORM.sheets[:-1],
        Sheet(key="words", title="巡查文字", kind=Kind.CARD, declared=Words.columns()),
        PATROL_FORM.sheets[-1],
    ),
    report=ReportSpec(narrative="words", shortest=10),
    charts=(ChartSpec(title="各单位本期巡河里程", codes=("H6",), current=True, name="巡河里程"),),
)
REPORTED = replace(CAMPAIGN, forms=(REPORTED_FORM, REGISTER_FORM))

_LINES = (
    (
        "本期应报单位{{ 应报单位数 }}个，已报{{ 已报单位数 }}个。"
        "{% if 未报单位 %}未报的{{ 未报单位|个数 }}个：{{ 未报单位 }}。{% endif %}"
    ),
    (
        "{{ 全域 }}本期巡河{{ 本期.H4 }}次{{ 较上期.H4 }}，其中步行{{ 本期.H5 }}次，"
        "里程{{ 本期.H6 }}米。{{ 累计时段 }}累计巡河{{ 累计.H4 }}次，里程{{ 累计.H6 }}米。"
    ),
    "截至本期末登记排口{{ 累计.H1 }}个，已封堵{{ 累计.H2 }}个，封堵率{{ 累计.H3 }}。",
    "{%p if 图.巡河里程 %}",
    "{{ 图.巡河里程 }}",
    "{{ 图题.巡河里程 }}",
    "{%p endif %}",
    "{%p for 材料 in 巡查小结 %}",
    "{{ 材料.单位 }}：{{ 材料.段落|join('') }}",
    "{%p endfor %}",
    "{{ 下级单位 }}情况见下表。",
)
_ROWS = (
    ("单位", "状态", "本期巡河（次）", "本期里程（米）", "累计里程（米）"),
    ("{%tr for 行 in 各单位 %}",),
    ("{{ 行.单位 }}", "{{ 行.状态 }}", "{{ 行.本期.H4 }}", "{{ 行.本期.H6 }}", "{{ 行.累计.H6 }}"),
    ("{%tr endfor %}",),
    ("合计", "", "{{ 本期.H4 }}", "{{ 本期.H6 }}", "{{ 累计.H6 }}"),
)


def write_template(target: Path) -> None:
    """Write the campaign's own Word template: a title, some sentences, a picture, a table."""
    document = Document()
    document.add_heading("{{ 单位名称 }}{{ 报告期 }}河道巡查情况", 1)
    for line in _LINES:
        document.add_paragraph(line)
    table = document.add_table(rows=len(_ROWS), cols=len(_ROWS[0]))
    table.style = "Table Grid"
    for row, cells in zip(table.rows, _ROWS, strict=True):
        for cell, words in zip(row.cells, cells, strict=False):
            cell.text = words
    document.add_paragraph("{{ 发文单位 }}　{{ 成文日期 }}")
    document.save(str(target))


def telling(words: str, *metres: int) -> Rows:
    """A workbook without any finding that says `words`."""
    return {**sound(*metres), "words": [{"told": words}]}


class ReportedDesk(Desk):
    """A workspace whose campaign reports in Word, by a template of its own."""

    @classmethod
    def begun(cls, root: Path, **settings: str) -> ReportedDesk:
        """Make it, with its template, and hand out the first workbooks."""
        desk = cls(cls.make(root, campaign=f'"{REPORTED_NAME}"', **settings).root)
        write_template(desk.workspace.templates / "report" / "情况报告.docx")
        desk.issue()
        return desk

    def fill(
        self, unit_id: str, rows: Rows | None = None, spoil: Spoil | None = None, **more: str
    ) -> Path:
        """Fill in a unit's workbook of the form that has words."""
        target = self.root.parent / "clerks" / unit_id / more.get("name", "上报.xlsx")
        issued = self.issued(unit_id, more.get("period", FIRST))
        return write(issued, target, rows or sound(), spoil, REPORTED.forms)
