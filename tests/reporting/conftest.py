"""A believable province of 17 cities, made by arithmetic: the same every time."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest

from sheetflow.consolidation.answers import Answers
from sheetflow.consolidation.group_state import GroupState
from sheetflow.consolidation.report_data import (
    BoardRow,
    Figure,
    FigureKind,
    Letter,
    Letterhead,
    Narrative,
    Number,
    Quote,
    ReportData,
    UnitRow,
)
from sheetflow.consolidation.states import BoardRow as Standing
from sheetflow.consolidation.states import State, Tally
from sheetflow.periods import OFFICE_ZONE
from sheetflow.units import Unit

TEMPLATE = Path(__file__).parents[2] / "templates" / "report" / "情况报告.docx"

CITIES = [
    "济南市",
    "青岛市",
    "淄博市",
    "枣庄市",
    "东营市",
    "烟台市",
    "潍坊市",
    "济宁市",
    "泰安市",
    "威海市",
    "日照市",
    "莱芜市",
    "临沂市",
    "德州市",
    "聊城市",
    "滨州市",
    "菏泽市",
]

STOCKS = {1, 2, 3, 4, 5, 6, 15, 16, 30, 31, 42, 43, 44, 47, 48, 49, 50, 52, 55, 68, 69, 70, 71}
YUAN = {39, 45, 53, 57}
LABELS = {
    7: ("走访活动", "次"),
    8: ("走访妇女群众", "人次"),
    32: ("办结率", "%"),
    54: ("人均经费", "元/人"),
}

SAYINGS = {
    "主要做法": "坚持干部带头、重心下移，机关干部分成若干小组，带着问题进村入户，采取一对一访谈、"
    "座谈交流、问卷征询等形式，面对面了解妇女群众的所思所盼。\n坚持边调研边解决，对能够当场答复的"
    "当场答复，对需要协调的建立台帐、明确责任人和办理时限，做到件件有着落、事事有回音。",
    "取得成效": "通过开展活动，妇联干部与妇女群众的联系更加密切，一批就业创业、技能培训、医疗健康等"
    "方面的实际困难得到解决，“妇女之家”的凝聚力明显增强。",
    "存在问题": "部分乡镇专项工作经费落实不到位，基层妇联力量薄弱；涉及多个部门的问题协调难度大，"
    "办理周期较长。",
    "下步打算": "继续深入村（社区）走访，对台帐中未办结的需求逐件销号；加大结对帮扶力度，推动对策建议"
    "转化为具体政策措施。",
    "意见建议": "建议上级妇联协调有关部门，进一步放宽小额担保贷款的反担保条件。",
}


def _indicator(number: int) -> tuple[str, str, str, FigureKind]:
    label, unit = LABELS.get(number, (f"指标{number}", "元" if number in YUAN else "件"))
    kind = FigureKind.STOCK if number in STOCKS else FigureKind.SUM
    return f"S{number:02d}", label, unit, FigureKind.RATIO if number in (32, 54) else kind


def _figure(number: int) -> Figure:
    code, label, unit, kind = _indicator(number)
    if kind is FigureKind.RATIO:
        now, before = {32: (0.4273, 0.4011), 54: (0.86, 0.81)}[number]
        return Figure(
            code=code, label=label, unit=unit, kind=kind, total=now, previous_total=before
        )
    base = 1_217_350 * number if number in YUAN else 41 * number + 7 * (number % 5)
    now, total, before = (
        base,
        2 * base + 13 * number,
        base + 13 * number - 5 * (number % 3) * number,
    )
    stock = kind is FigureKind.STOCK
    return Figure(
        code=code,
        label=label,
        unit=unit,
        kind=kind,
        current=None if stock else now,
        total=total,
        previous_current=None if stock else before,
        previous_total=total - now,
    )


def _row(index: int, unit: str) -> UnitRow:
    state = _state(index)
    current: dict[str, Number | None] = {}
    total: dict[str, Number | None] = {}
    for number in range(1, 77):
        code, _, _, kind = _indicator(number)
        value: Number = (number * 7 + index * 31) % 400 * (317 if number in YUAN else 1)
        if kind is FigureKind.RATIO:
            current[code], total[code] = None, None if index == 9 else value / 800
        else:
            current[code], total[code] = (0 if state.word == "零报告" else value), value * 2
    current["S14"] = None if index == 3 else current["S14"]
    return UnitRow(unit=unit, state=state, current=current, total=total, own=index == 0)


def _state(index: int) -> GroupState:
    states = {9: State.NIL, 11: State.RETURNED, 16: State.MISSING}
    row = Standing(
        unit=Unit(unit_id=str(index), name="单位", level="市"),
        state=states.get(index, State.ACCEPTED),
        carried=index == 11,
    )
    return GroupState.of([row], alone=True)


def _board() -> tuple[BoardRow, ...]:
    states = {9: "零报告", 11: "退回待改", 16: "未报"}
    rows = []
    for index, unit in enumerate(["山东省本级", *CITIES]):
        state = states.get(index, "已接收")
        at = dt.datetime(2012, 5, 3 + index % 5, 9, index, tzinfo=OFFICE_ZONE)
        rows.append(
            BoardRow(
                unit=unit,
                state=state,
                received_at=None if state == "未报" else at,
                receipt="" if state == "未报" else str(300 + index),
                late=index == 6,
                remarks="累计数沿用" if index == 11 else "",
            )
        )
    return tuple(rows)


@pytest.fixture(scope="session")
def template() -> bytes:
    """The template as it travels with the product."""
    return TEMPLATE.read_bytes()


@pytest.fixture(scope="session")
def province() -> ReportData:
    """A province's report of the second period: all there is to say."""
    narratives = tuple(
        Narrative(
            label=label,
            own="" if label == "意见建议" else f"省妇联机关{text}",
            quotes=()
            if label == "下步打算"
            else tuple(Quote(city, text) for city in CITIES[start : start + 4]),
            elsewhere=label == "下步打算",
        )
        for start, (label, text) in enumerate(SAYINGS.items())
    )
    return ReportData(
        unit_name="山东省",
        level="省",
        area="省",
        below="各市",
        campaign_title="下基层、访妇情、办实事",
        period_label="2012年3—4月",
        year_so_far_label="2012年1—4月",
        previous_label="2012年1—2月",
        letter=Letter(
            issuer="山东省妇女联合会",
            addressee="全国妇联办公厅",
            letterhead=Letterhead(mark="山东省妇女联合会文件", number="鲁妇发〔2012〕36号"),
            copies="省委办公厅，省政府办公厅，各市妇联",
            printer="山东省妇女联合会办公室",
        ),
        figures={figure.code: figure for figure in map(_figure, range(1, 77))},
        by_unit=tuple(_row(index, unit) for index, unit in enumerate(["山东省本级", *CITIES])),
        narratives=narratives,
        words_title="文字材料",
        answers=(
            Answers(
                "封面",
                "已将活动纳入领导班子和干部考核",
                ("是", "否", "未答", "未接收"),
                ((13, 2, 1, 2),),
            ),
        ),
        stories=(
            Quote(
                unit="潍坊市",
                title="一本台帐架起连心桥",
                text="潍坊市妇联建立“一人一册”需求台帐，定期回访。\n三个月来，为留守妇女协调解决"
                "浇地、就医、子女入学等困难，受到群众欢迎。",
            ),
        ),
        tally=Tally(
            {State.ACCEPTED: 15, State.NIL: 1, State.RETURNED: 1, State.MISSING: 1}, late=1
        ),
        missing=("日照市", "滨州市"),
        nil=("泰安市",),
        late=("烟台市",),
        reported_before=18,
        board=_board(),
    )


@pytest.fixture(scope="session")
def city(province: ReportData) -> ReportData:
    """A city's report of the first period: nothing to compare with, nobody missing."""
    return replace(
        province,
        unit_name="济南市",
        level="市",
        period_label="2012年1—2月",
        year_so_far_label="2012年1—2月",
        previous_label=None,
        letter=Letter(issuer="济南市妇女联合会", addressee="山东省妇女联合会"),
        by_unit=tuple(replace(row, state=_state(0)) for row in province.by_unit[:11]),
        figures={
            code: replace(figure, previous_current=None, previous_total=None)
            for code, figure in province.figures.items()
        },
        tally=Tally({State.ACCEPTED: 18}, late=0),
        missing=(),
        nil=(),
        late=(),
        stories=(),
        narratives=tuple(
            replace(narrative, own="", quotes=(), elsewhere=False)
            for narrative in province.narratives
        ),
    )


@pytest.fixture(scope="session")
def stamp() -> dt.datetime:
    """When the newest source came."""
    return dt.datetime(2012, 5, 8, 15, 30, tzinfo=OFFICE_ZONE)


@pytest.fixture
def edited(template: bytes) -> Callable[[str, str], bytes]:
    """Edit the template as somebody in Word would: replace one text by another."""
    import io

    import docx

    def edit(old: str, new: str) -> bytes:
        document = docx.Document(io.BytesIO(template))
        [run, *_] = [run for par in document.paragraphs for run in par.runs if old in run.text]
        run.text = run.text.replace(old, new, 1)
        saved = io.BytesIO()
        document.save(saved)
        return saved.getvalue()

    return edit
