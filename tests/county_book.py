"""The one valid workbook of a county, drawn: every sheet with a few rows, nothing to find.

It is of the version that is in force for its period: what came and went with one is put in at last.
Tests draw upon it what they need (`tests.drawing` has the notation) and have it judged.
"""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Mapping, Sequence
from dataclasses import replace
from functools import cache
from random import Random
from types import MappingProxyType

from sheetflow.campaigns import load_campaign
from sheetflow.findings import Finding, Place
from sheetflow.periods import OFFICE_ZONE, Period
from sheetflow.pipeline import judge
from sheetflow.sample_maker import make_samples
from sheetflow.schemas.book import Earlier, Judgement, JudgingContext
from sheetflow.schemas.campaign import Scene
from sheetflow.schemas.filings import FILING_LABEL, Filing, asking_sheets, filing_address
from sheetflow.schemas.forms import Form
from sheetflow.schemas.layout import FIRST_ROW, HEADER_ROW, STATISTICS_COLUMNS, cell_in, columns_in
from sheetflow.schemas.sheets import Kind
from sheetflow.units import Unit, UnitTree
from sheetflow.workbook import RawWorkbook, parse_cell_name
from tests.drawing import Undrawn, draw

CAMPAIGN = load_campaign("grassroots2012")
FORM = CAMPAIGN.main_form
TREE = UnitTree.of(
    [
        Unit(unit_id="370000", name="山东省", level="省"),
        Unit(unit_id="370100", name="济南市", level="市", parent="370000"),
        Unit(unit_id="370102", name="历下区", level="县", parent="370100"),
        Unit(unit_id="370103", name="市中区", level="县", parent="370100"),
    ]
)
WORKING_DAYS: Mapping[str, int] = MappingProxyType({"县": 2, "市": 4, "省": 6})

VALID = """
# 封面
| 填报单位 | 历下区 |
| 单位代码 | '370102 |
| 报告期 | 2012B2 |
| 报送性质 | 首次报送 |
| 更正原因 | |
| 单位负责人 | 王芳 |
| 审核人 | |
| 填报人 | 李静 |
| 联系电话 | 0531-86012345 |
| 填报日期 | 2012-05-02 |
| 已将活动纳入领导班子和干部考核 | 是 |
| 零报告 | 否 |
| 零报告说明 | |

# 活动统计
| 代码 | 指标 | 计量单位 | 上期累计 | 本期 | 累计/期末 |
| --- | --- | --- | --- | --- | --- |
| S01 | 参加活动的妇联干部 | 人 | | | =S01→2 |
| S07 | 走访活动 | 次 | | =S07→3 | =S07→ |
| S19 | 台帐登记需求 | 件 | | =S19→4 | =S19→4 |
| S53 | 落实专项工作经费 | 元 | | =S53→ | =S53→ |

# 干部名册
| 干部编号 | 姓名 | 职务 | 是否领导干部 | 联系点 | 固定联系妇女人数 | 妇情日记（本） | 需求台帐（册） | 状态 |
| --- | --- | --- | --- | --- | --- | --- | --- | --- |
| G001 | 王芳 | 主席 | 是 | L001、L002 | 12 | 1 | 1 | 在岗 |
| G002 | 李静 | 干事 | 否 | L001 | 8 | 1 | 1 | 在岗 |
| G003 | 赵敏 | 干事 | 否 | L002 | 0 | 0 | 0 | 已调离 |

# 联系点
| 联系点编号 | 名称 | 类型 | 所在乡镇（街道） | 建立日期 | 状态 | 备注 |
| --- | --- | --- | --- | --- | --- | --- |
| L001 | 十亩园社区 | 社区 | 泉城路街道 | 2012-02-10 | 在用 | |
| L002 | 盛福庄村 | 村 | 姚家街道 | 2012-02-12 | 在用 | |

# 走访记录
| 日期 | 参加干部 | 领导干部带队 | 联系点 | 走访方式 | 走访妇女人次 | 收回问卷（份） | 涉及群体 | 征求意见建议（条） | 主要情况 |
| --- | --- | --- | --- | --- | --- | --- | --- | --- | --- |
| 2012-03-05 | G001、G002 | 是 | L001 | 座谈交流 | 20 | | 留守流动妇女 | 4 | 座谈就业 |
| 2012-04-10 | G002 | 否 | L002 | 问卷征询 | 30 | 28 | 失地失业妇女、其他 | 0 | |
| 2012-04-20 | G002 | 否 | | 一对一访谈 | 1 | | 单亲贫困母亲 | 1 | |

# 妇女需求台帐
| 台帐编号 | 登记日期 | 姓名 | 年龄 | 身份证号 | 联系电话 | 住址 | 联系点 | 责任干部 | 群体类别 | 需求类别 | 需求内容 | 问题性质 | 办理状态 | 办理措施 | 办结日期 | 办理结果 |
| --- | --- | --- | --- | --- | --- | --- | --- | --- | --- | --- | --- | --- | --- | --- | --- | --- |
| X0001 | 2012-03-06 | 张秀英 | 45 | '370102196701011220 | '13800000001 | 盛福庄村8号 | L002 | G002 | 失地失业妇女 | 就业创业 | 想学技术 | 普遍性倾向性 | 未办理 | | | |
| X0002 | 2012-03-08 | 某女士 | 38 | | | | L001 | G001 | 单亲贫困母亲 | 生活救助 | 生活困难 | 个案性 | 已办结 | 送去救助金 | 2012-04-01 | 已解困 |
| X0003 | 2012-03-15 | 陈玉兰 | 70 | | '13800000003 | | L001 | G002 | 高龄空巢老人 | 养老服务 | 无人照料 | 暂时难以解决 | 办理中 | 联系社区 | | |
| X0004 | 2012-04-02 | 刘桂芝 | 30 | | | | L002 | G002 | 留守流动妇女 | 子女教育 | 孩子入学 | 个案性 | 办理中 | 协调学校 | | |
| X0005 | 2012-04-03 | 孙小梅 | 30 | | | | L002 | G002 | 其他 | 其他 | 重复登记 | 普遍性倾向性 | 已撤销 | | | 登记有误 |

# 调研成果
| 编号 | 类型 | 题目 | 作者 | 完成日期 | 字数 | 有情况 | 有分析 | 有建议 | 转化的帮扶措施 |
| --- | --- | --- | --- | --- | --- | --- | --- | --- | --- |
| B001 | 调查手记 | 走进姚家 | G001、G002 | 2012-04-15 | 1800 | 是 | 否 | 否 | |
| B002 | 调研报告 | 失地妇女就业 | G001、G002 | 2012-04-25 | 4200 | 是 | 是 | 是 | 开办培训班 |

# 对策建议
| 编号 | 题目 | 对应台帐编号 | 渠道 | 报送对象 | 报送日期 | 办理进展 | 政策或项目名称 | 跟踪督促（次） |
| --- | --- | --- | --- | --- | --- | --- | --- | --- |
| D001 | 建议开办技能培训 | X0001 | 报送信息、联席会议 | 政府 | 2012-04-20 | 已纳入民生项目 | 阳光工程 | 2 |

# 个案帮扶
| 台帐编号 | 责任人 | 投入资金（元） |
| --- | --- | --- |
| X0002 | G001 | 800 |
| X0004 | G002 | 0 |

# 难题化解
| 台帐编号 | 争取重视支持情况 | 逐步解决方案 | 当前阶段 | 预计解决日期 | 说服教育解疑释惑（次） |
| --- | --- | --- | --- | --- | --- |
| X0003 | | 建日间照料站 | 推动落实 | 2012-12-01 | 3 |

# 结对帮扶
| 编号 | 帮扶主体 | 帮扶干部 | 帮扶组织 | 结对方式 | 帮扶主体数（单位或人） | 帮扶对象类型 | 联系点 | 帮扶对象姓名 | 结对日期 | 服务内容 | 累计帮扶资金（元） | 累计办好事实事（件） | 状态 |
| --- | --- | --- | --- | --- | --- | --- | --- | --- | --- | --- | --- | --- | --- |
| J001 | 妇联干部 | G001 | | 一帮一 | 1 | 妇女群众 | | 张秀英 | 2012-03-10 | 资金、信息 | 500 | 2 | 结对中 |
| J002 | 妇联组织 | | 区妇联 | 多帮一 | 3 | 联系点 | L002 | | 2012-03-12 | 政策 | 0 | 1 | 结对中 |

# 基层组织
| 乡镇（街道） | 行政村数 | 社区数 | 自然村妇女组织数 | 居民小区妇女组织数 | 楼栋妇女组织数 | 辖区单位妇女组织数 | 公益性岗位人数 | 女大学生村官人数 | 妇女骨干人数 | 妇女之家数 | 1月至本期末妇女之家活动（次） | 妇女人数（户籍，上年末） | 1月至本期末已落实专项工作经费（元） |
| --- | --- | --- | --- | --- | --- | --- | --- | --- | --- | --- | --- | --- | --- |
| 泉城路街道 | 0 | 9 | 0 | 12 | 30 | 8 | 5 | 0 | 18 | 9 | 20 | 15000 | 15000.5 |
| 姚家街道 | 6 | 8 | 6 | 10 | 20 | 15 | 8 | 2 | 28 | 14 | 16 | 22000 | 12000 |

# 惠民项目
| 编号 | 项目名称 | 资金（元） | 受益妇女人数 | 启动日期 | 状态 |
| --- | --- | --- | --- | --- | --- |
| P001 | 妇女健康检查 | 30000 | 600 | 2012-03-08 | 实施中 |

# 宣传报道
| 日期 | 媒体名称 | 媒体级别 | 形式 | 题目 |
| --- | --- | --- | --- | --- |
| 2012-03-09 | 大众日报 | 省级 | 新闻报道 | 历下妇联下基层 |

# 督查考核
| 编号 | 日期 | 方式 | 被督查单位 | 领导带队 | 发现问题 | 整改状态 | 整改情况 |
| --- | --- | --- | --- | --- | --- | --- | --- |
| C001 | 2012-04-18 | 实地督查 | 姚家街道妇联 | 是 | 台帐不全 | 已整改 | 已补齐 |

# 案例机制
| 类型 | 标题 | 日期 | 摘要 | 文号 |
| --- | --- | --- | --- | --- |
| 典型案例 | 一个电话解难题 | 2012-04-22 | 协调入学 | |

# 文字材料
| 主要做法 | 深入走访 |
| 取得成效 | 解决难题 |
| 存在问题 | |
| 下步打算 | |
| 意见建议 | |
"""


_SCENE = Scene(TREE["370102"], TREE, Period.parse("2012B2"), Random(1))  # noqa: S311 - made-up data
_DRAWN = draw(VALID)
_VERSIONS = frozenset(map(str, range(1, FORM.version + 2)))
_NUMBERED = re.compile(r"[A-Z]{1,3}[0-9]+")


_CAME_LATER = {
    "领导干部带头": "是|",
    "是否妇联所属报刊网站": "否",
    "级别": "县级",
    "最近督促日期": "2012-04-28",
}
"""What stands in columns of later versions, row by row."""


def form_for(period: str = "2012B2") -> Form:
    """Give the form as it is in force for a period."""
    return CAMPAIGN.in_force(FORM, Period.parse(period))


def _undrawn_sheets() -> str:
    """Draw the sheets that are declared and not drawn here: tables without a row, cards filled in."""
    samples = make_samples(CAMPAIGN, FORM, _SCENE)
    drawn_titles = {raw.title for raw in _DRAWN.sheets}
    lines = []
    for sheet in FORM.current.sheets_for("县"):
        if sheet.title in drawn_titles or sheet.kind is Kind.ANSWER:
            continue
        lines.append(f"\n# {sheet.title}")
        if sheet.is_table:
            labels = [column.label for column in sheet.columns]
            lines += [f"| {' | '.join(cells)} |" for cells in (labels, ["---"] * len(labels))]
        else:
            (card,) = samples[sheet.key]
            lines += [f"| {each.label} | {card.get(each.key, '')} |" for each in sheet.columns]
    return "\n".join(lines)


WHOLE = VALID + _undrawn_sheets()
"""The valid workbook with every sheet that the campaign has by now."""


@cache
def _undrawn(version: int) -> Undrawn:
    """Find what a version has and is not drawn here; where it is required, a sample stands there."""
    form = FORM.in_version(version)
    samples = make_samples(CAMPAIGN, FORM, _SCENE)
    lacking: dict[str, dict[str, tuple[Sequence[str], str]]] = {}
    for raw in _DRAWN.sheets:
        sheet = next(sheet for sheet in form.sheets if sheet.title == raw.title)
        row = HEADER_ROW if sheet.is_table else 0
        known = set(raw.rows[row - 1]) if row else {raw.cell(at, 1) for at in range(1, 40)}
        labels = [column.label for column in sheet.columns]
        for number, column in enumerate(sheet.columns):
            if column.label not in known:
                value = samples[sheet.key][0].get(column.key, "") if column.required is True else ""
                value = _CAME_LATER.get(column.label, value)
                lacking.setdefault(raw.title, {})[column.label] = (labels[:number], str(value))
    return lacking


def cell(sheet: str, column: str, row: int = 0) -> str:
    """Name the cell of a column (both by key) in a row of a table, or that of a card."""
    return cell_in(FORM.by_key[sheet], column, row, FORM.version)


def named(place: Place) -> str:
    """Name the cell to which a finding points, as drawings do: ``走访方式 4``, ``报告期``."""
    sheet = FORM.by_key.get(place.sheet)
    if sheet is None or not _NUMBERED.fullmatch(place.cell):
        return place.cell
    row, number = parse_cell_name(place.cell)
    if sheet.kind is Kind.INDICATORS:
        return f"{STATISTICS_COLUMNS[number - 1]} {row}"
    columns = columns_in(sheet, FORM.version)
    label = place.label
    if sheet.is_table and label not in sheet.labels.values() and number <= len(columns):
        label = columns[number - 1].label
    return f"{label} {row}" if sheet.is_table else label or place.cell


def all_named(finding: Finding) -> tuple[str, ...]:
    """Name all cells to which a finding points."""
    places = (replace(finding.place, cell=cell, label="") for cell in finding.others)
    return (named(finding.place), *map(named, places))


def drawn(
    changes: str = "", *, period: str = "2012B2", stamp: Mapping[str, str] | None = None
) -> RawWorkbook:
    """Draw the valid workbook with `changes` upon it; `stamp` says more or other than its own.

    It is laid out as the version that the stamp names, else as the one in force for the period.
    """
    stamped = (stamp or {}).get("version", "")
    version = int(stamped) if stamped in _VERSIONS else form_for(period).version
    own = {
        "campaign": CAMPAIGN.key,
        "form": FORM.key,
        "version": str(version),
        "unit": "370102",
        "period": period,
    }
    cover = f"@ 封面 报告期 = {period}\n"
    undrawn = _undrawn(min(version, FORM.version))
    raw = draw(f"{WHOLE}\n{cover}{changes}", stamp={**own, **(stamp or {})}, undrawn=undrawn)
    return _with_filings(raw, FORM.in_version(min(version, FORM.version)))


def _with_filings(raw: RawWorkbook, form: Form) -> RawWorkbook:
    """Say beside 填报声明, where a sheet asks and the drawing is silent, what its rows say."""
    asking = {sheet.title: sheet for sheet in asking_sheets(form)}
    sheets = list(raw.sheets)
    for number, one in enumerate(sheets):
        if one.title not in asking or not one.rows or FILING_LABEL in one.rows[0]:
            continue
        _, column = filing_address(asking[one.title], form.version)
        is_filled = any(cell is not None for row in one.rows[FIRST_ROW - 1 :] for cell in row)
        word = (Filing.FILLED if is_filled else Filing.NOTHING).value
        title = (*one.rows[0], *[None] * column)[: column - 2]
        rows = [(*title, FILING_LABEL, word), *one.rows[1:]]
        sheets[number] = replace(one, rows=rows)
    return replace(raw, sheets=tuple(sheets))


def context(
    period: str = "2012B2", unit: str = "370102", earlier: Earlier | None = None
) -> JudgingContext:
    """Give the context of a workbook that comes in two days after `period`."""
    day = Period.parse(period).last_day + dt.timedelta(days=2)
    return JudgingContext(
        unit=TREE[unit],
        tree=TREE,
        now=dt.datetime.combine(day, dt.time(9), OFFICE_ZONE),
        working_days=WORKING_DAYS,
        earlier=lambda _form, asked: earlier if earlier and earlier.period < asked else None,
    )


def left_by(judgement: Judgement) -> Earlier:
    """Give what an accepted workbook leaves to the next period."""
    book = judgement.book
    assert book is not None
    rows = {key: [dict(row.values) for row in found.rows] for key, found in book.sheets.items()}
    return Earlier(book.period, "R-1", rows, book.figures)


def judged(changes: str = "", *, period: str = "2012B2", before: str | None = None) -> Judgement:
    """Judge the valid workbook with `changes`; `before` are the changes of the period before."""
    earlier = None
    if before is not None:
        last = Period.parse(period).previous
        assert last is not None
        was = judge(drawn(before, period=last.period_id), CAMPAIGN, context(last.period_id))
        earlier = left_by(was)
    return judge(drawn(changes, period=period), CAMPAIGN, context(period, earlier=earlier))


def judged_raw(raw: RawWorkbook, **more: object) -> Judgement:
    """Judge a workbook that was drawn otherwise, with parts of the context replaced."""
    return judge(raw, CAMPAIGN, replace(context(), **more))  # type: ignore[arg-type]


def said(judgement: Judgement) -> list[tuple[str, str, str]]:
    """List the findings as (rule, sheet's title, cell by name), in their order."""
    return [(found.rule, found.place.title, named(found.place)) for found in judgement.findings]
