"""What a Word report prints, read back without the program: figures in sentences and in annexes.

Each figure of the prose is known by the words around it, each of an annex by its column's heading; how a
number is printed is written down here once more. A clause whose figure is 0 may be left out.
"""

from __future__ import annotations

import io
import re
from collections.abc import Iterator, Mapping
from decimal import ROUND_HALF_UP, Decimal

import docx

CURRENT, TOTAL = "本期", "累计"
YUAN, TEN_THOUSANDS, TWO_PLACES, PERCENT = "万元", "万", "两位小数", "%"

PROSE = (
    *(("S07", CURRENT, "组织开展走访活动#次"), ("S66", CURRENT, "领导干部带队#次")),
    *(("S08", CURRENT, "走访妇女群众#人次"), ("S09", CURRENT, "一对一访谈#人次")),
    *(("S10", CURRENT, "实地考察#人次"), ("S11", CURRENT, "座谈交流#人次")),
    *(("S12", CURRENT, "问卷征询#人次"), ("S13", CURRENT, "收回问卷#份")),
    *(("S14", CURRENT, "征求意见建议#条"), ("S01", TOTAL, "参加活动的妇联干部#人")),
    *(("S02", TOTAL, "其中领导干部#人"), ("S03", TOTAL, "建立联系点#个")),
    *(("S04", TOTAL, "其中村#个"), ("S05", TOTAL, "社区#个")),
    *(("S06", TOTAL, "固定联系妇女群众#人"), ("S15", TOTAL, "“妇情日记”#本")),
    *(("S16", TOTAL, "建立妇女需求台帐#册"), ("S17", TOTAL, "调查手记#份")),
    *(("S18", TOTAL, "调研报告#篇"), ("S67", TOTAL, "将调研成果转化为帮扶措施#篇")),
    *(("S19", CURRENT, "新登记妇女需求#件"), ("S19", TOTAL, "台帐登记妇女需求#件")),
    *(("S20", TOTAL, "失地失业妇女#件"), ("S21", TOTAL, "留守流动妇女#件")),
    *(("S22", TOTAL, "特殊困难妇女#件"), ("S23", TOTAL, "单亲贫困母亲#件")),
    *(("S24", TOTAL, "高龄空巢老人#件"), ("S25", TOTAL, "其他#件")),
    *(("S76", TOTAL, "儿童#件"), ("S71", TOTAL, "由领导干部带头的#对")),
    *(("S74", TOTAL, "其中市级以上#件"), ("S75", TOTAL, "省级以上#件")),
    *(("S72", CURRENT, "妇联所属报刊网站刊发#篇"), ("S73", CURRENT, "专版专栏专题#篇")),
    *(("S26", TOTAL, "普遍性、倾向性问题#件"), ("S27", TOTAL, "个案性问题#件")),
    *(("S28", TOTAL, "暂时难以解决的问题#件"), ("S29", TOTAL, "已办结#件")),
    *(("S30", TOTAL, "办理中#件"), ("S31", TOTAL, "未办理#件")),
    *(("S32", TOTAL, "办结率#%"), ("S33", TOTAL, "提出对策建议#件")),
    *(("S34", TOTAL, "被采纳#件"), ("S35", TOTAL, "推动出台法规政策#件")),
    *(("S36", TOTAL, "纳入民生项目#件"), ("S37", TOTAL, "跟踪督促#次")),
    *(("S38", TOTAL, "开展个案帮扶#件"), ("S39", TOTAL, "投入资金#万元")),
    *(("S40", TOTAL, "制定逐步解决方案#件"), ("S41", TOTAL, "解疑释惑工作#次")),
    *(("S42", TOTAL, "结对帮扶对子#对"), ("S43", TOTAL, "“一帮一”#对")),
    *(("S44", TOTAL, "“多帮一”#对"), ("S45", TOTAL, "投入帮扶资金#万元")),
    *(("S46", TOTAL, "办好事实事#件"), ("S47", TOTAL, "楼栋妇女组织#个")),
    *(("S48", TOTAL, "辖区单位妇女组织#个"), ("S49", TOTAL, "妇女骨干#人")),
    *(("S50", TOTAL, "“妇女之家”#个"), ("S53", TOTAL, "专项工作经费#万元")),
    *(("S54", TOTAL, "人均#元"), ("S55", TOTAL, "标准的乡镇（街道）#个")),
    *(("S56", TOTAL, "惠民项目#个"), ("S57", TOTAL, "，资金#万元")),
    *(("S58", TOTAL, "受益妇女#人"), ("S59", CURRENT, "媒体报道活动#篇")),
    *(("S60", CURRENT, "国家级媒体#篇"), ("S61", CURRENT, "省级媒体#篇")),
    *(("S62", TOTAL, "开展督查#次"), ("S63", TOTAL, "其中领导带队#次")),
    *(("S64", TOTAL, "典型案例#个"), ("S65", TOTAL, "制度机制#个")),
)
"""Each figure of part one by code, of this period or all so far, with the words around it."""

COLUMNS = {
    "走访活动": "S07",
    "走访妇女群众": "S08",
    "征求意见建议": "S14",
    "调查手记": "S17",
    "调研报告": "S18",
    "登记需求": "S19",
    "已办结": "S29",
    "办结率": "S32",
    "对策建议": "S33",
    "其中：被采纳": "S34",
    "个案帮扶": "S38",
    "个案帮扶资金": "S39",
    "结对帮扶": "S42",
    "办好事实事": "S46",
    "妇女之家": "S50",
    "专项经费": "S53",
    "人均经费": "S54",
    "惠民项目": "S56",
    "受益妇女": "S58",
    "媒体报道": "S59",
    "督查": "S62",
    "典型案例": "S64",
}
"""The columns of annex 1 by their headings, without units."""


def rounded(value: Decimal, places: int) -> str:
    """Round half up to so many places."""
    return str(value.quantize(Decimal(1).scaleb(-places), ROUND_HALF_UP))


def as_printed(value: Decimal, measure: str) -> str:
    """Write a figure in the measure that stands behind its number."""
    if measure == "%":
        return rounded(value * 100, 1)
    if measure == "万元":
        return rounded(value / 10_000, 2)
    if measure in {"元", "元/人"}:
        return rounded(value, 2)
    return str(int(value)) if value == int(value) else str(value.normalize())


def prose(report: bytes) -> Iterator[tuple[str, str, str, str | None]]:
    """Give code, 本期 or 累计, measure and number of each figure of part one, None where it is left out."""
    lines = [paragraph.text for paragraph in docx.Document(io.BytesIO(report)).paragraphs]
    begins = next(n for n, line in enumerate(lines) if line.startswith("一、"))
    ends = next(n for n, line in enumerate(lines) if line.startswith("二、"))
    text = "".join(lines[begins:ends])
    for code, basis, around in PROSE:
        before, _, after = around.partition("#")
        found = re.search(f"{re.escape(before)}([0-9.]+){re.escape(after)}", text)
        yield code, basis, after, found[1] if found else None


def annexes(report: bytes) -> Iterator[tuple[str, str, str, str, str]]:
    """Give row, code, 本期 or 累计, measure and text of each figure's cell of annex 1."""
    for table in docx.Document(io.BytesIO(report)).tables:
        rows = [[cell.text for cell in row.cells] for row in table.rows]
        heads = [cell.replace("\n", "").partition("（") for cell in rows[0]]
        codes = [COLUMNS.get(head) for head, _, _ in heads]
        if not any(codes):
            continue
        for row in rows[1:]:
            for column, (code, text) in enumerate(zip(codes, row, strict=True)):
                if code and text not in {CURRENT, TOTAL, *rows[0]}:
                    basis = rows[1][column] if rows[1][column] in {CURRENT, TOTAL} else TOTAL
                    unit = heads[column][2].rstrip("）")
                    yield row[0], code, basis, "%" if code == "S32" else unit, text.rstrip("%")


def ratios(added: Mapping[str, Decimal]) -> dict[str, Decimal]:
    """Add what is divided and not added up; nothing where there is nothing to divide by."""
    made = dict(added)
    for code, above, below in (("S32", "S29", "S19"), ("S54", "S53", "S52")):
        if added[below]:
            made[code] = added[above] / added[below]
    return made
