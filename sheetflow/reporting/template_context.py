"""What a report template may name: 本期, 累计, 各单位 …, over a `ReportData`.

It refuses to know any indicator: codes and headings come with the data. 模板说明.md beside the
template lists every name.
"""

from __future__ import annotations

import itertools
from collections.abc import Callable, Mapping
from dataclasses import replace

from sheetflow.consolidation.answers import Answers
from sheetflow.consolidation.report_data import (
    Figure,
    FigureKind,
    Narrative,
    Number,
    Quote,
    ReportData,
    UnitRow,
    Way,
)
from sheetflow.consolidation.report_figures import Made, UsedFigure, exact
from sheetflow.errors import DeclarationError
from sheetflow.periods import date_in_words
from sheetflow.reporting.listings import board_row, branch_row, count_names, level_rows, tables
from sheetflow.reporting.template_values import (
    NO_FIGURE,
    PERCENT,
    UNMOVED,
    Named,
    Shown,
    cell,
    change,
    compared,
    way_of_change,
    written,
    written_or_why_not,
)
from sheetflow.reporting.written_figures import Record, without_marks

_LEADERS = 3
_EXAMPLE = "如"
"""What stands before the first unit that is quoted, after the office's own words."""
_ROOM_FOR_A_DATE, _ROOM_FOR_A_NAME = "　　　　年　　月　　日", "　　　　"
_MOST_FORMER = 5
"""So many figures are named as 按原口径."""


def template_names(report: ReportData, record: Record) -> dict[str, object]:
    """Give every name that a template may use for `report`; figures go to `record`."""
    names: dict[str, object] = {
        **_plain_names(report),
        **_figure_names(report, record),
        "各单位": [_unit_row(row, report.figures) for row in report.by_unit],
        "上报情况": [board_row(row) for row in report.board],
        "上报汇总": [branch_row(row.unit, row.tally) for row in report.branches],
        "上报合计": branch_row("合计", report.tally),
        "分级情况": level_rows(report, record),
        "表": tables(report, record),
        "请示事项": [
            Named(
                "请示事项",
                {"单位": each.unit, "栏目": each.heading, "文字": without_marks(each.text)},
            )
            for each in report.asked
        ],
        "典型案例": [_passage("典型案例", each, 标题=each.title) for each in report.stories],
        "另见": Named("另见", {each.label: _elsewhere(report, each) for each in report.narratives}),
        "答复": _answers(report, record),
        "图题": Captions({picture.name: picture.title for picture in report.pictures}),
        **count_names(report, record),
    }
    for narrative in report.narratives:
        if narrative.label in names:
            raise DeclarationError(f"两个名称都叫“{narrative.label}”。请在表式里改一个栏目名称。")
        names[narrative.label] = _passages(report, narrative)
    return names


def _passages(report: ReportData, narrative: Narrative) -> list[Named]:
    """Give what stands under a heading: the unit's own words, then those of units below as examples."""
    quotes = [quote for quote in narrative.quotes if quote.text.strip()]
    own = [Quote(report.unit_name, narrative.own)] if narrative.own.strip() else []
    leads = itertools.chain([_EXAMPLE if own else ""], itertools.repeat(""))
    return [
        *(_passage(narrative.label, each, 本级=True, 引语="") for each in own),
        *(
            _passage(narrative.label, each, 本级=False, 引语=lead)
            for each, lead in zip(quotes, leads, strict=False)
        ),
    ]


def _elsewhere(report: ReportData, narrative: Narrative) -> str:
    if not narrative.elsewhere:
        return ""
    return f"各地{narrative.label}见汇总表的工作表《{report.words_title}》。"


def _answers(report: ReportData, record: Record) -> Named:
    """How many units gave each answer: figures of the prose as well."""

    def count(asked: Answers, word: str, number: int) -> Shown:
        name, told = f"答复.{asked.label}.{word}", f"{asked.label}：{word}"
        use = UsedFigure(name, "", told, report.unit_name, report.period_label, number, "个", "")
        use = replace(use, source=f"《{asked.sheet}》“{asked.label}”为{word}的单位数")
        return Shown(number, str(number), use, record)

    return Named(
        "答复",
        {
            each.label: Named(
                f"答复.{each.label}",
                {word: count(each, word, number) for word, number in each.total.items()},
            )
            for each in report.answers
        },
    )


class Captions:
    """What stands under each picture, numbered in the order in which the text shows them.

    Under a picture that is not there stands nothing.
    """

    __slots__ = ("_numbers", "_titles")

    def __init__(self, titles: Mapping[str, str]) -> None:
        self._titles = titles
        self._numbers: dict[str, int] = {}

    def __getitem__(self, name: str) -> str:
        if name not in self._titles:
            return ""
        number = self._numbers.setdefault(name, len(self._numbers) + 1)
        return f"图{number}　{self._titles[name]}"


def _former_words(report: ReportData) -> str:
    """Say which figures are of an earlier declaration in part; nothing where none is."""
    if not report.former:
        return ""
    told = [f"“{report.figures[code].label}”（{code}）" for code in report.former[:_MOST_FORMER]]
    more = f"等{len(report.former)}项" if len(report.former) > _MOST_FORMER else ""
    named = "、".join(told) + more
    return f"{named}含按原口径的数，所在的报告期已截止或原件已清理，没有按现在的指标口径重新计算。"


def _plain_names(report: ReportData) -> dict[str, object]:
    letter, letterhead = report.letter, report.letter.letterhead
    has_imprint = bool(letter.printer)
    date = date_in_words(letter.signed_on) if letter.signed_on else _ROOM_FOR_A_DATE
    return {
        "单位名称": report.unit_name,
        "单位级别": report.level,
        "全域": whole_area(report.unit_name, report.area),
        "下级单位": report.below,
        "活动名称": report.campaign_title,
        "报告期": report.period_label,
        "累计时段": report.year_so_far_label,
        "上一报告期": report.previous_label or "",
        "有上期": report.previous_label is not None,
        "口径说明": _former_words(report),
        "成文日期": date,
        "列出单位名称": report.choices.names_units,
        "发文单位": letter.issuer,
        "主送机关": letter.addressee,
        "红头": letterhead is not None,
        "发文机关标志": letterhead.mark if letterhead else "",
        "发文字号": letterhead.number if letterhead else "",
        "签发人": letter.signer or _ROOM_FOR_A_NAME,
        "版记": has_imprint,
        "抄送": letter.copies if has_imprint else "",
        "印发机关": letter.printer,
        "印发日期": date if has_imprint else "",
    }


def whole_area(unit_name: str, area: str) -> str:
    """Say 全省, 全市, 全州 …: by the name's last character, else by the level's `area`."""
    last = unit_name[-1:]
    return "全" + (last if last in tuple("省市区州盟县旗乡镇村") else area)


def _figure_names(report: ReportData, record: Record) -> dict[str, object]:
    def family(name: str, make: Callable[[Figure], object]) -> Named:
        return Named(name, report.figures, lambda code: make(report.figures[code]))

    def value(name: str, period: str, field_name: str) -> Named:
        current = field_name.endswith("current")

        def make(figure: Figure) -> Shown:
            number: Number | None = getattr(figure, field_name)
            text = written_or_why_not(figure, number, current=current)
            use = _use(report, figure, name, period, number)
            if current:
                use = replace(use, source=figure.current_source)
            if figure.parts and field_name == "total":
                use = replace(use, made=Made(Way.SHARE, *figure.parts))
            return Shown(None if text in NO_FIGURE else number, text, use, record)

        return family(name, make)

    def change_phrase(figure: Figure) -> Shown | str:
        found = _change(report, figure, record)
        if found.value is None:
            return ""
        return replace(found, lead="，与上期" if found.text in UNMOVED else "，比上期")

    before = report.previous_label or ""
    return {
        "本期": value("本期", report.period_label, "current"),
        "累计": value("累计", report.year_so_far_label, "total"),
        "上期": value("上期", before, "previous_current"),
        "上期累计": value("上期累计", before, "previous_total"),
        "比上期": family("比上期", lambda figure: _change(report, figure, record)),
        "较上期": family("较上期", change_phrase),
        "居前": family("居前", lambda figure: _leaders(report, figure, record)),
    }


def _use(
    report: ReportData, figure: Figure, name: str, period: str, value: Number | None, unit: str = ""
) -> UsedFigure:
    return UsedFigure(
        f"{name}.{figure.code}",
        figure.code,
        figure.label,
        unit or report.unit_name,
        period,
        value,
        figure.unit,
        "",
        source=figure.source,
    )


def _change(report: ReportData, figure: Figure, record: Record) -> Shown:
    now, before = compared(figure)
    difference = None
    if now is not None and before is not None:
        difference = exact(now) - exact(before)
    period = f"{report.period_label}比{report.previous_label or '上期'}"
    if report.compared is not None:
        period += f"（两期都已报的{report.compared}个单位）"
    made = Made(way_of_change(figure), now, before)
    unit = figure.unit if made.way is Way.DIFFERENCE else PERCENT
    use = _use(report, figure, "比上期", period, made.value)
    is_sum = figure.kind is FigureKind.SUM
    source = figure.current_source if is_sum else figure.source
    use = replace(use, measure=unit, made=made, source=source)
    return Shown(difference, change(figure), use, record, is_beside=True)


def _leaders(report: ReportData, figure: Figure, record: Record) -> str:
    """Name the units with the most; among so few that nearly all would be named, nobody."""
    rows = [
        (row.unit, number)
        for row in report.by_unit
        if not row.own
        and (row.state.is_current or row.state.is_carried)
        and (number := row.total.get(figure.code))
    ]
    rows.sort(key=lambda row: -exact(row[1]))
    if len(rows) <= _LEADERS:
        return ""
    words = []
    for unit, number in rows[:_LEADERS]:
        use = _use(report, figure, "居前", report.year_so_far_label, number, unit)
        shown = Shown(number, written(figure, number), use, record)
        words.append(f"{unit}（{shown}{'' if figure.unit == PERCENT else figure.unit}）")
    return "、".join(words)


def _unit_row(row: UnitRow, known: Mapping[str, Figure]) -> Named:
    def cells(name: str, values: Mapping[str, Number | None], *, current: bool) -> Named:
        def make(code: str) -> Shown:
            number = values.get(code)
            text = cell(known[code], number, row.state, current=current)
            return Shown(None if text in NO_FIGURE else number, text)

        return Named(f"各单位.{name}", known, make)

    return Named(
        "各单位",
        {
            "单位": row.unit,
            # A narrow column: the remark goes on a line of its own, or it breaks inside its brackets.
            "状态": row.state.full.replace("（", "\n（"),
            "本期": cells("本期", row.current, current=True),
            "累计": cells("累计", row.total, current=False),
        },
    )


def _passage(path: str, quote: Quote, **more: object) -> Named:
    lines = without_marks(quote.text).splitlines()
    paragraphs = [part for line in lines if (part := line.strip())]
    more = {
        name: without_marks(said) if isinstance(said, str) else said for name, said in more.items()
    }
    told: dict[str, object] = {
        "单位": quote.unit,
        "正文": "\n".join(paragraphs),
        "段落": paragraphs,
    }
    return Named(path, told | more)
