#!/usr/bin/env python3
"""Build the default Word templates of the report, once: ``python tools/build_report_template.py``.

The wording stands in the texts (`TEXTS`) beside this script; this script owns the
layout (GB/T 9704-2012) and the columns of the tables. From then on the office edits
``templates/report/情况报告….docx`` in Word, and running this again would undo that.

Lines of the text: ``# `` and ``## `` are headings, ``[样式]`` names a paragraph style or one
of the blocks below, ``**…**`` is in the source unit's style, ``→`` is a tab,
``↵`` a new line.
"""

from __future__ import annotations

import copy
import datetime as dt
import re
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

from docx import Document
from docx.document import Document as DocxDocument
from docx.oxml.ns import nsdecls, qn
from docx.oxml.parser import OxmlElement, parse_xml
from docx.oxml.xmlchemy import BaseOxmlElement
from report_template_look import (
    LANDSCAPE_MARGINS,
    LANDSCAPE_PAGE,
    MARGINS,
    PAGE,
    STYLES,
    STYLES_HEAD,
    edge,
    style_xml,
)
from report_template_tables import TABLE_1, TABLE_2, Column

from sheetflow.reporting import report as package

HERE = Path(__file__).parent
TARGET = HERE.parent / "templates" / "report"
TEXTS = {
    "report_template.txt": "情况报告.docx",
    "report_template_short.txt": "情况报告_简版.docx",
    "report_template_nothing.txt": "情况报告_尚无上报.docx",
    "report_template_annex.txt": "情况报告_内部附件.docx",
    "report_template_plan.txt": "情况报告_活动实施方案备案表.docx",
    "report_template_contest.txt": "情况报告_调研报告评选推荐表.docx",
}
"""Which text makes which template."""
STAMP = dt.datetime(2012, 1, 31, tzinfo=dt.UTC)


def run_xml(text: str, style: str = "") -> str:
    """Give one run; ``→`` is a tab, ``↵`` a new line."""
    look = f'<w:rStyle w:val="{style}"/>' if style else ""
    words = text.replace("&", "&amp;").replace("<", "&lt;")
    words = words.replace("→", '</w:t><w:tab/><w:t xml:space="preserve">')
    words = words.replace("↵", '</w:t><w:br/><w:t xml:space="preserve">')
    return (
        f'<w:r><w:rPr>{look}<w:rFonts w:hint="eastAsia"/></w:rPr>'
        f'<w:t xml:space="preserve">{words}</w:t></w:r>'
    )


def paragraph_xml(style: str, text: str) -> str:
    """Give one paragraph; ``**…**`` is in the source unit's style."""
    pieces = re.split(r"\*\*(.+?)\*\*", text)
    runs = "".join(
        run_xml(piece, "来源单位" if index % 2 else "")
        for index, piece in enumerate(pieces)
        if piece
    )
    look = f'<w:pPr><w:pStyle w:val="{style}"/></w:pPr>' if style else ""
    return f"<w:p {nsdecls('w')}>{look}{runs}</w:p>"


def cell_xml(style: str, text: str, width: int, *, span: int = 1, merge: str = "") -> str:
    """Give one cell; `merge` is ``restart`` or ``continue`` for a cell over two rows."""
    spans = f'<w:gridSpan w:val="{span}"/>' if span > 1 else ""
    merged = f'<w:vMerge w:val="{merge}"/>' if merge else ""
    return (
        f'<w:tc><w:tcPr><w:tcW w:w="{width}" w:type="dxa"/>{spans}{merged}'
        f'<w:vAlign w:val="center"/></w:tcPr>{paragraph_xml(style, text)}</w:tc>'
    )


def row_xml(cells: Iterable[str], *, header: bool = False) -> str:
    """Give one row that is never torn; a header row repeats on every page."""
    repeats = "<w:tblHeader/>" if header else ""
    return (
        f'<w:tr><w:trPr><w:cantSplit/><w:trHeight w:val="315" w:hRule="atLeast"/>{repeats}</w:trPr>'
        f"{''.join(cells)}</w:tr>"
    )


def table_xml(widths: Iterable[int], rows: Iterable[str]) -> str:
    """Give a table with thin lines."""
    widths = tuple(widths)
    lines = "".join(
        edge(side, 4, space=0) for side in ("top", "left", "bottom", "right", "insideH", "insideV")
    )
    grid = "".join(f'<w:gridCol w:w="{width}"/>' for width in widths)
    return (
        f'<w:tbl {nsdecls("w")}><w:tblPr><w:tblW w:w="{sum(widths)}" w:type="dxa"/>'
        f'<w:jc w:val="center"/><w:tblBorders>{lines}</w:tblBorders><w:tblLayout w:type="fixed"/>'
        '<w:tblCellMar><w:left w:w="40" w:type="dxa"/><w:right w:w="40" w:type="dxa"/></w:tblCellMar>'
        f"</w:tblPr><w:tblGrid>{grid}</w:tblGrid>{''.join(rows)}</w:tbl>"
    )


UNIT_WIDTH, STATE_WIDTH = 1260, 940


def table_by_unit(columns: tuple[Column, ...]) -> str:
    """Give a table by unit: two header rows, the total, and one row looped over the units."""
    lead = [("单位", UNIT_WIDTH), ("报送↵状态", STATE_WIDTH)]
    flat = [(column, family) for column in columns for family in column.families]
    widths = [width for _, width in lead] + [column.width for column, _ in flat]

    def figures(prefix: str) -> list[str]:
        return [
            cell_xml(
                "表格数字",
                f"{{{{ {prefix}{family}.{column.code}{column.filter} }}}}",
                column.width,
            )
            for column, family in flat
        ]

    def words(*texts: str) -> list[str]:
        styles = ("表格文字", "表格状态")
        return [
            cell_xml(style, text, width)
            for style, text, (_, width) in zip(styles, texts, lead, strict=True)
        ]

    return table_xml(
        widths,
        [
            *header_rows(lead, columns),
            row_xml(words("合计", "") + figures("")),
            loop_row("for 行 in 各单位", widths),
            row_xml(words("{{ 行.单位 }}", "{{ 行.状态 }}") + figures("行.")),
            loop_row("endfor", widths),
        ],
    )


def header_rows(lead: list[tuple[str, int]], columns: tuple[Column, ...]) -> list[str]:
    """Give the header: one row, or two where a column has 本期 and 累计."""
    if all(len(column.families) == 1 for column in columns):
        cells = [*lead, *((column.heading, column.width) for column in columns)]
        return [row_xml((cell_xml("表头", *cell) for cell in cells), header=True)]
    upper = [cell_xml("表头", text, width, merge="restart") for text, width in lead]
    lower = [cell_xml("表头", "", width, merge="continue") for _, width in lead]
    for column in columns:
        count = len(column.families)
        upper.append(cell_xml("表头", column.heading, column.width * count, span=count))
        lower += [cell_xml("表头", family, column.width) for family in column.families]
    return [row_xml(upper, header=True), row_xml(lower, header=True)]


def loop_row(tag: str, widths: list[int]) -> str:
    """Give the row that holds nothing but a loop's tag; it vanishes on filling."""
    return row_xml([cell_xml("表格文字", f"{{%tr {tag} %}}", sum(widths), span=len(widths))])


def table_of_board() -> str:
    """Give 上报情况一览表."""
    columns = (
        ("序号", "{{ loop.index }}", 600),
        ("单位", "{{ 行.单位 }}", 2000),
        ("报送状态", "{{ 行.状态 }}", 1050),
        ("报送时间", "{{ 行.时间 }}", 1800),
        ("回执号", "{{ 行.回执 }}", 1994),
        ("备注", "{{ 行.备注 }}", 1400),
    )
    widths = [width for _, _, width in columns]
    return table_xml(
        widths,
        [
            row_xml((cell_xml("表头", text, width) for text, _, width in columns), header=True),
            loop_row("for 行 in 上报情况", widths),
            row_xml(cell_xml("表格文字", tag, width) for _, tag, width in columns),
            loop_row("endfor", widths),
        ],
    )


def table_of_branches() -> str:
    """Give 上报情况 by unit directly below, with their sum."""
    counted = {
        "应报": "应报",
        "已报": "已报",
        "其中：↵零报告": "零报告",
        "其中：↵迟报": "迟报",
        "退回待改": "退回",
        "待确认": "待确认",
        "拒收": "拒收",
        "未报": "未报",
    }
    widths = [620, 2000, *[778] * len(counted)]

    def row(*cells: str) -> str:
        return row_xml(
            cell_xml("表格文字", text, width) for text, width in zip(cells, widths, strict=True)
        )

    def figures(name: str) -> list[str]:
        return [f"{{{{ {name}.{key} }}}}" for key in counted.values()]

    headings = zip(("序号", "单位", *counted), widths, strict=True)
    return table_xml(
        widths,
        [
            row_xml((cell_xml("表头", text, width) for text, width in headings), header=True),
            row("", "合计", *figures("上报合计")),
            loop_row("for 行 in 上报汇总", widths),
            row("{{ loop.index }}", "{{ 行.单位 }}", *figures("行")),
            loop_row("endfor", widths),
        ],
    )


def table_of_rows(columns: Iterable[tuple[str, str, int]], *loops: str) -> str:
    """Give a table with a row for each turn of every loop; columns are heading, tag and width."""
    columns = tuple(columns)
    widths = [width for _, _, width in columns]
    rows = [row_xml((cell_xml("表头", text, width) for text, _, width in columns), header=True)]
    for loop in loops:
        rows += [
            loop_row(loop, widths),
            row_xml(cell_xml("表格文字", tag, width) for _, tag, width in columns),
            loop_row("endfor", widths),
        ]
    return table_xml(widths, rows)


PLANS = (
    ("序号", "{{ loop.index }}", 560),
    ("单位", "{{ 行.单位 }}", 1450),
    ("方案名称", "{{ 行.方案名称 }}", 2600),
    ("文号", "{{ 行.文号 }}", 1650),
    ("印发日期", "{{ 行.印发日期 }}", 1384),
    ("领导小组组长", "{{ 行.领导小组组长 }}↵（{{ 行.组长职务 }}）", 1200),
)
RANKED = (
    ("推荐单位", "{{ 行.单位 }}", 1300),
    ("推荐↵顺序", "{{ 行.推荐顺序 }}", 700),
    ("论文编号", "{{ 行.论文编号 }}", 1560),
    ("作者单位", "{{ 行.推荐单位 }}", 1300),
    ("题目", "{{ 行.题目 }}", 2784),
    ("作者", "{{ 行.作者姓名 }}", 1200),
)
OWN_PAPERS = (
    ("推荐↵顺序", "{{ 行.推荐顺序 }}", 700),
    ("编号", "{{ 行.编号 }}", 1560),
    ("题目", "{{ 行.题目 }}", 3484),
    ("作者", "{{ 行.作者姓名 }}", 1500),
    ("作者职务", "{{ 行.作者职务 }}", 1600),
)


def story_box() -> str:
    """Give the box of one 典型案例, and the little gap after it."""
    inside = (
        paragraph_xml("案例标题", "典型案例：{{ 案例.标题 }}（{{ 案例.单位 }}）")
        + paragraph_xml("案例正文", "{%p for 段 in 案例.段落 %}")
        + paragraph_xml("案例正文", "{{ 段 }}")
        + paragraph_xml("案例正文", "{%p endfor %}")
    )
    cell = (
        '<w:tc><w:tcPr><w:tcW w:w="8844" w:type="dxa"/><w:tcMar><w:top w:w="80" w:type="dxa"/>'
        '<w:left w:w="160" w:type="dxa"/><w:bottom w:w="80" w:type="dxa"/>'
        f'<w:right w:w="160" w:type="dxa"/></w:tcMar></w:tcPr>{inside}</w:tc>'
    )
    return table_xml([8844], [f"<w:tr><w:trPr><w:cantSplit/></w:trPr>{cell}</w:tr>"])


def imprint() -> str:
    """Give the 版记: a table without upright lines that floats at the foot of the page."""
    rows = [
        loop_row("if 抄送", [8844]),
        row_xml([cell_xml("版记抄送", "抄送：{{ 抄送 }}。", 8844)]),
        loop_row("endif", [8844]),
        row_xml([cell_xml("版记印发", "{{ 印发机关 }}→{{ 印发日期 }}印发", 8844)]),
    ]
    lines = edge("top", 8, space=0) + edge("bottom", 8, space=0) + edge("insideH", 6, space=0)
    return (
        f'<w:tbl {nsdecls("w")}><w:tblPr><w:tblpPr w:leftFromText="0" w:rightFromText="0"'
        ' w:vertAnchor="margin" w:horzAnchor="margin" w:tblpXSpec="left" w:tblpYSpec="bottom"/>'
        f'<w:tblW w:w="8844" w:type="dxa"/><w:tblBorders>{lines}</w:tblBorders>'
        '<w:tblLayout w:type="fixed"/></w:tblPr><w:tblGrid><w:gridCol w:w="8844"/></w:tblGrid>'
        f"{''.join(rows)}</w:tbl>"
    )


BLOCKS = {
    "表1": lambda: [table_by_unit(TABLE_1)],
    "表2": lambda: [table_by_unit(TABLE_2)],
    "表3": lambda: [table_of_board()],
    "表4": lambda: [table_of_branches()],
    "方案表": lambda: [table_of_rows(PLANS, "for 行 in 表.实施方案")],
    "排序表": lambda: [table_of_rows(RANKED, "for 行 in 表.推荐排序")],
    "本级论文表": lambda: [table_of_rows(OWN_PAPERS, "for 行 in 表.推荐论文 if 行.本级")],
    "版记表": lambda: [imprint()],
    "案例框": lambda: [paragraph_xml("间隔", ""), story_box(), paragraph_xml("间隔", "")],
}


def section_xml(size: str, margins: str, footers: Iterable[BaseOxmlElement]) -> BaseOxmlElement:
    """Give a section's properties with its footers; no docGrid, it breaks lines too early."""
    section = parse_xml(
        f'<w:sectPr {nsdecls("w")}><w:type w:val="nextPage"/>{size}<w:pgMar {margins}'
        ' w:header="851" w:footer="1247" w:gutter="0"/></w:sectPr>'
    )
    for footer in reversed(list(footers)):
        section.insert(0, copy.deepcopy(footer))
    return section


def page_number(element: BaseOxmlElement, style: str) -> None:
    """Write — 1 — with a PAGE field into a footer's element."""
    for child in list(element):
        element.remove(child)

    def field(kind: str) -> str:
        return f'<w:r><w:fldChar w:fldCharType="{kind}"/></w:r>'

    element.append(
        parse_xml(
            f'<w:p {nsdecls("w")}><w:pPr><w:pStyle w:val="{style}"/></w:pPr>{run_xml("— ")}'
            f'{field("begin")}<w:r><w:instrText xml:space="preserve"> PAGE </w:instrText></w:r>'
            f"{field('separate')}{run_xml('1')}{field('end')}{run_xml(' —')}</w:p>"
        )
    )


def set_styles(document: DocxDocument) -> None:
    """Replace all styles of python-docx's own default by ours."""
    styles = document.styles.element
    for child in list(styles):
        styles.remove(child)
    for child in parse_xml(STYLES_HEAD + "</w:styles>"):
        styles.append(child)
    for style in STYLES:
        styles.append(parse_xml(style_xml(style)))


def set_settings(document: DocxDocument) -> None:
    """Odd and even footers, no squeezed punctuation, and the layout of current Word."""
    settings = document.settings
    settings.odd_and_even_pages_header_footer = True
    root = settings.element
    for tag in ("w:savePreviewPicture", "w:compat", "w:rsids", "w:proofState"):
        for old in root.findall(qn(tag)):
            root.remove(old)
    control = OxmlElement("w:characterSpacingControl", {qn("w:val"): "doNotCompress"})
    compat = parse_xml(
        f'<w:compat {nsdecls("w")}><w:useFELayout/><w:compatSetting w:name="compatibilityMode"'
        ' w:uri="http://schemas.microsoft.com/office/word" w:val="15"/></w:compat>'
    )
    place = root.index(root.find(qn("w:evenAndOddHeaders"))) + 1
    root.insert(place, compat)
    root.insert(place, control)


def build(text: str) -> bytes:
    """Make a template's bytes from its text."""
    document = Document()
    set_styles(document)
    set_settings(document)
    section = document.sections[0]
    section.footer.is_linked_to_previous = section.even_page_footer.is_linked_to_previous = False
    for footer, style in ((section.footer, "页码单"), (section.even_page_footer, "页码双")):
        page_number(footer._element, style)  # noqa: SLF001 - there is no public way to the XML
    body = document.element.body
    footers = body.sectPr.findall(qn("w:footerReference"))
    for child in list(body):
        body.remove(child)
    sections = iter([(PAGE, MARGINS), (LANDSCAPE_PAGE, LANDSCAPE_MARGINS)])
    for line in text.splitlines():
        if line == "[换节]":
            body[-1].get_or_add_pPr().append(section_xml(*next(sections), footers))
            continue
        for xml in blocks_of(line):
            body.append(parse_xml(xml))
    body.append(section_xml(PAGE, MARGINS, footers))
    for part in package_leftovers(document):
        part.drop()
    package.set_properties(document, title="", author="", stamp=STAMP)
    return package.packed(document, STAMP)


@dataclass(frozen=True)
class Leftover:
    """A relation of python-docx's default file that a Chinese office has no use for."""

    relations: dict[str, object]
    relation_id: str

    def drop(self) -> None:
        """Remove it, and the part behind it."""
        del self.relations[self.relation_id]


def package_leftovers(document: DocxDocument) -> list[Leftover]:
    """Find the thumbnail, and the custom XML that belongs to another document."""
    found = []
    for relations in (document.part.package.rels, document.part.rels):
        found += [
            Leftover(relations, relation_id)
            for relation_id, relation in relations.items()
            if relation.reltype.endswith(("/thumbnail", "/customXml", "/stylesWithEffects"))
        ]
    return found


def blocks_of(line: str) -> list[str]:
    """Give the XML of one line of the text."""
    if line.startswith("## "):
        return [paragraph_xml("Heading2", line[3:])]
    if line.startswith("# "):
        return [paragraph_xml("Heading1", line[2:])]
    match = re.fullmatch(r"\[(.+?)\] ?(.*)", line)
    if match is None:
        return [paragraph_xml("", line)]
    if match[1] in BLOCKS:
        return BLOCKS[match[1]]()
    return [paragraph_xml("" if match[1] == "正文" else match[1], match[2])]


if __name__ == "__main__":
    TARGET.mkdir(parents=True, exist_ok=True)
    for source, target in TEXTS.items():
        made = build((HERE / source).read_text(encoding="utf-8"))
        (TARGET / target).write_bytes(made)
