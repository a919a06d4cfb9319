"""The statistics of one county's workbook, counted from the original file in plain Python.

Nothing of the program is used here but a library that reads cells: sheets and columns by
their Chinese names, conditions written out. What people only write differently (full-width
digits, units behind a number, blanks) is read as a person would read it.
"""

from __future__ import annotations

import io
import unicodedata
from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal

from python_calamine import CalamineWorkbook

Line = dict[str, str]
Sheets = dict[str, list[Line]]

KEYS = {"台帐编号", "干部编号", "联系点编号", "编号", "乡镇（街道）"}
UNITS = ("人次", "人", "件", "元", "份", "条", "个", "次", "本", "册", "岁", "字")


def bare(text: object) -> str:
    """Give a header or a word without blanks and in one width."""
    folded = "".join(unicodedata.normalize("NFKC", str(text)).split())
    return folded.replace("(", "（").replace(")", "）").replace("台账", "台帐").strip("*")


def read(data: bytes, markers: dict[str, str]) -> Sheets:
    """Read the sheets named in `markers`, each by a label that stands in its header."""
    book = CalamineWorkbook.from_filelike(io.BytesIO(data))
    return {
        bare(title): lines(book.get_sheet_by_name(title).to_python(), markers[bare(title)])
        for title in book.sheet_names
        if bare(title) in markers
    }


def lines(rows: Sequence[Sequence[object]], marker: str) -> list[Line]:
    """Give the filled rows under the header; a row with nothing but its key is empty."""
    start = next((n for n, row in enumerate(rows) if marker in map(bare, row)), None)
    if start is None:
        return []
    header = [bare(cell) for cell in rows[start]]
    found = [
        {name: str(cell).strip() for name, cell in zip(header, row, strict=True) if name}
        for row in rows[start + 1 :]
    ]
    return [line for line in found if any(v for k, v in line.items() if k not in KEYS)]


def number(text: str) -> Decimal:
    """Read a number; a blank is nothing."""
    plain = bare(text).replace(",", "").replace("，", "")
    for unit in UNITS:
        plain = plain.removesuffix(unit)
    return Decimal(plain or 0)


def count(found: Iterable[Line], **wanted: str) -> Decimal:
    """Count the lines in which each column holds the word; an older workbook may not have the column."""
    held = (all(bare(row.get(k, "")) == bare(v) for k, v in wanted.items()) for row in found)
    return Decimal(sum(held))


def total(found: Iterable[Line], *columns: str) -> Decimal:
    """Add columns."""
    return sum((number(row[column]) for row in found for column in columns), Decimal(0))


MARKERS = {
    "干部名册": "干部编号",
    "联系点": "联系点编号",
    "走访记录": "走访方式",
    "妇女需求台帐": "台帐编号",
    "调研成果": "字数",
    "对策建议": "办理进展",
    "个案帮扶": "责任人",
    "难题化解": "当前阶段",
    "结对帮扶": "结对方式",
    "基层组织": "行政村数",
    "惠民项目": "项目名称",
    "宣传报道": "媒体级别",
    "督查考核": "被督查单位",
    "案例机制": "摘要",
}
GROUPS = (
    "失地失业妇女",
    "留守流动妇女",
    "特殊困难妇女",
    "单亲贫困母亲",
    "高龄空巢老人",
    "其他",
)
MODES = ("一对一访谈", "实地考察", "座谈交流", "问卷征询")


def people(s: Callable[[str], list[Line]]) -> dict[str, Decimal]:
    """S01 to S18."""
    cadres, points, visits, papers = s("干部名册"), s("联系点"), s("走访记录"), s("调研成果")
    here = [row for row in cadres if bare(row["状态"]) == "在岗"]
    used = [row for row in points if bare(row["状态"]) == "在用"]
    met = "走访妇女人次"
    by_mode = {mode: [row for row in visits if bare(row["走访方式"]) == mode] for mode in MODES}
    return {
        "S01": Decimal(len(here)),
        "S02": count(here, 是否领导干部="是"),
        "S03": Decimal(len(used)),
        "S04": count(used, 类型="村"),
        "S05": count(used, 类型="社区"),
        "S06": total(here, "固定联系妇女人数"),
        "S07": Decimal(len(visits)),
        "S08": total(visits, met),
        **{f"S{9 + n:02d}": total(by_mode[mode], met) for n, mode in enumerate(MODES)},
        "S13": total(visits, "收回问卷（份）"),
        "S14": total(visits, "征求意见建议（条）"),
        "S15": total(cadres, "妇情日记（本）"),
        "S16": total(cadres, "需求台帐（册）"),
        "S17": count(papers, 类型="调查手记"),
        "S18": count(papers, 类型="调研报告"),
        "S66": count(visits, 领导干部带队="是"),
        "S67": Decimal(sum(bool(row["转化的帮扶措施"]) for row in papers)),
    }


def needs(s: Callable[[str], list[Line]]) -> dict[str, Decimal]:
    """S19 to S46."""
    book = [row for row in s("妇女需求台帐") if bare(row["办理状态"]) != "已撤销"]
    proposals = [row for row in s("对策建议") if bare(row["办理进展"]) != "已撤销"]
    cases, hard, pairs = s("个案帮扶"), s("难题化解"), s("结对帮扶")
    paired = [row for row in pairs if bare(row["状态"]) == "结对中"]
    enacted = [row for row in proposals if bare(row["办理进展"]) == "已出台法规政策"]
    high = count(enacted, 级别="国家级") + count(enacted, 级别="省级")
    natures = ("普遍性倾向性", "个案性", "暂时难以解决")
    made, listed = (
        count(proposals, 办理进展="已出台法规政策"),
        count(proposals, 办理进展="已纳入民生项目"),
    )
    return {
        "S19": Decimal(len(book)),
        **{f"S{20 + n}": count(book, 群体类别=group) for n, group in enumerate(GROUPS)},
        "S76": count(book, 群体类别="儿童"),
        **{f"S{26 + n}": count(book, 问题性质=nature) for n, nature in enumerate(natures)},
        "S29": count(book, 办理状态="已办结"),
        "S30": count(book, 办理状态="办理中"),
        "S31": count(book, 办理状态="未办理"),
        "S33": Decimal(len(proposals)),
        "S34": count(proposals, 办理进展="已采纳") + made + listed,
        "S35": made,
        "S36": listed,
        "S37": total(proposals, "跟踪督促（次）"),
        "S38": Decimal(len(cases)),
        "S39": total(cases, "投入资金（元）"),
        "S40": Decimal(sum(bare(row["当前阶段"]) != "制定方案" for row in hard)),
        "S41": total(hard, "说服教育解疑释惑（次）"),
        "S42": Decimal(len(paired)),
        "S43": count(paired, 结对方式="一帮一"),
        "S44": count(paired, 结对方式="多帮一"),
        "S45": total(pairs, "累计帮扶资金（元）"),
        "S46": total(pairs, "累计办好事实事（件）"),
        "S71": count(paired, 帮扶主体="妇联干部", 领导干部带头="是"),
        "S74": count(enacted, 级别="市级") + high,
        "S75": high,
    }


def foundations(s: Callable[[str], list[Line]]) -> dict[str, Decimal]:
    """S47 to S65."""
    towns, news, visits = s("基层组织"), s("宣传报道"), s("督查考核")
    projects = [row for row in s("惠民项目") if bare(row["状态"]) != "已撤销"]
    women, funds = "妇女人数（户籍，上年末）", "1月至本期末已落实专项工作经费（元）"
    women, funds = bare(women), bare(funds)
    groups = ("自然村妇女组织数", "居民小区妇女组织数", "楼栋妇女组织数")
    posts = ("公益性岗位人数", "女大学生村官人数", "妇女骨干人数")
    enough = [row for row in towns if 0 < number(row[women]) <= number(row[funds])]
    return {
        "S47": total(towns, *groups),
        "S48": total(towns, "辖区单位妇女组织数"),
        "S49": total(towns, *posts),
        "S50": total(towns, "妇女之家数"),
        "S51": total(towns, "1月至本期末妇女之家活动（次）"),
        "S52": total(towns, women),
        "S53": total(towns, funds),
        "S55": Decimal(len(enough)),
        "S56": Decimal(len(projects)),
        "S57": total(projects, "资金（元）"),
        "S58": total(projects, "受益妇女人数"),
        "S59": Decimal(len(news)),
        "S60": count(news, 媒体级别="国家级"),
        "S61": count(news, 媒体级别="省级"),
        "S72": count(news, 是否妇联所属报刊网站="是"),
        "S73": count(news, 是否妇联所属报刊网站="是", 形式="专版专栏专题"),
        "S62": Decimal(len(visits)),
        "S63": count(visits, 领导带队="是"),
        "S64": count(s("案例机制"), 类型="典型案例"),
        "S65": count(s("案例机制"), 类型="制度机制"),
    }


def figures(data: bytes) -> dict[str, Decimal]:
    """Count everything that a workbook holds, by indicator code."""
    sheets = read(data, MARKERS)

    def rows(title: str) -> list[Line]:
        return sheets.get(title, [])

    return {**people(rows), **needs(rows), **foundations(rows)}


OF_A_PERIOD = (*(f"S{number:02d}" for number in (*range(7, 15), 59, 60, 61, 64, 65, 66, 72, 73)),)
"""What happened in a period: its sheets hold the period's rows only."""
AT_THE_END = (
    *(f"S{number:02d}" for number in range(1, 7)),
    *("S15", "S16", "S30", "S31", "S42", "S43", "S44", "S47", "S48", "S49", "S50", "S52", "S55"),
    "S71",
)
"""How things stand at the end of a period: there is no 本期 of it. All others are books of the year."""

Figures = Mapping[str, Decimal]


@dataclass(frozen=True)
class Counted:
    """What the originals of each unit come to at the end of a period, and in it."""

    names: Mapping[str, str]
    total: Mapping[str, Figures]
    current: Mapping[str, Figures]

    def sums(self, start: str, basis: str) -> dict[str, Decimal]:
        """Add up the units whose codes begin so: what happened in the period (本期), or all so far."""
        units = self.current if basis == "本期" else self.total
        added: defaultdict[str, Decimal] = defaultdict(Decimal)
        for unit_id, figures_of in units.items():
            for code, value in figures_of.items():
                if unit_id.startswith(start):
                    added[code] += value
        return added

    def reported(self, start: str, basis: str) -> bool:
        """Whether any unit whose code begins so reported in the period, or at all."""
        units = self.current if basis == "本期" else self.total
        return any(unit_id.startswith(start) for unit_id in units)


def count_so_far(
    originals: Iterable[tuple[str, str, bytes]], period: str, names: Mapping[str, str]
) -> Counted:
    """Count the originals of a year up to a period; `names` are all who had to report."""
    by_unit: defaultdict[str, dict[str, dict[str, Decimal]]] = defaultdict(dict)
    for unit_id, of_period, data in originals:
        if of_period <= period:
            by_unit[unit_id][of_period] = figures(data)
    total, current = {}, {}
    for unit_id, known in by_unit.items():
        last = known[max(known)]
        added = {code: sum(one[code] for one in known.values()) for code in OF_A_PERIOD}
        total[unit_id] = last | {code: Decimal(value) for code, value in added.items()}
        if period not in known:
            continue
        earlier = [known[each] for each in sorted(known) if each < period][-1:]
        current[unit_id] = {
            code: value
            if code in OF_A_PERIOD
            else value - sum((one[code] for one in earlier), Decimal(0))
            for code, value in known[period].items()
            if code not in AT_THE_END
        }
    return Counted(names, total, current)
