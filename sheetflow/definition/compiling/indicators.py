"""指标 and 图表: each formula with what stands in the rows above it, and the charts that draw them."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from types import MappingProxyType

from sheetflow.definition.compiling.desk import Desk
from sheetflow.definition.compiling.sheets import form_called, tell_no_form
from sheetflow.definition.compiling.texts import read
from sheetflow.definition.keys import is_key
from sheetflow.definition.lines import Line
from sheetflow.definition.meanings import ACROSS, ADDED_UP, ASKED, FIGURES, SHOWN, SWINGS
from sheetflow.findings import Severity
from sheetflow.schemas.forms import Across, ChartSpec
from sheetflow.schemas.indicators import Indicator, Reporting
from sheetflow.schemas.language.sources import read_source
from sheetflow.schemas.language.vocabulary import Vocabulary
from sheetflow.schemas.likely import find, is_it, likely, same

_INDICATORS, _CHARTS = "指标", "图表"
_PERCENT = dict.fromkeys(SHOWN, True)
_SWINGS = MappingProxyType({word: ASKED[word] for word in SWINGS})


def lines_by_form(desk: Desk, table: str) -> dict[str, list[Line]]:
    """Sort the rows of a table by the form that they name; blank is the main one."""
    found: dict[str, list[Line]] = defaultdict(list)
    for line in desk.tables.of(table):
        typed = line.name("form", 60)
        form = form_called(desk, typed) if typed else next(iter(desk.forms), None)
        if form is None and typed:
            tell_no_form(desk, line, "form", typed)
        elif form:
            found[form.key].append(line)
    return found


def read_indicators(
    desk: Desk, form: str, lines: Sequence[Line], vocabulary: Vocabulary
) -> tuple[tuple[Indicator, ...], Vocabulary]:
    """Read the indicators of the form of that key, and give what may be named below them."""
    made: list[Indicator] = []
    cells: dict[str, str] = {}
    for line in lines:
        indicator = _indicator(desk, line, vocabulary)
        if indicator is None:
            continue
        if cell := cells.get(same(indicator.code)):
            name = "code" if line.filled("code") else "label"
            told = f"代码“{indicator.code}”已用于{cell}那一行，请换一个代码。"
            line.fault(name, told)
            continue
        cells[same(indicator.code)] = line.spot("label").cell
        made.append(indicator)
        desk.indicators.append((line, form, indicator.code))
        vocabulary = vocabulary.with_indicator(indicator)
    return tuple(made), vocabulary


def _indicator(desk: Desk, line: Line, vocabulary: Vocabulary) -> Indicator | None:
    label, code = line.indented("label"), line.name("code")
    if not label and line.is_sound("label"):
        line.fault("label", "不能空着，请填写。")
    older = desk.older(line)
    if code and not (is_key(code) or code.isdecimal()):
        line.fault("code", f"代码“{code[:20]}”只能用字母、汉字、数字和下划线，如 S01。")
        desk.breaks(code)
        return None
    if not code:
        code = desk.key(line, (older[-1] if older else label).strip("\u3000"))
    source = read(desk, line, "formula", lambda text: read_source(text, vocabulary))
    if source is None:
        if not line.filled("formula"):
            line.fault("formula", "不能空着，如 计数(检查记录)。")
        desk.breaks(code, label.strip("\u3000"), *older)
        return None
    if isinstance(source, Reporting) and vocabulary.nil is None:
        if vocabulary.cover:
            line.fault("formula", "这种报表的封面没有零报告，不能用 已报单位()。")
        return None
    span = desk.span(line)
    if line.text("unit") == "" and not line.is_sound("unit"):
        desk.breaks(code)
    return Indicator(
        code=code,
        label=label,
        unit=line.text("unit"),
        source=source,
        by=line.one_of("by", ADDED_UP, None, "累计方式"),
        percent=line.one_of("shown", _PERCENT, default=False, what="显示办法"),
        indent=line.whole("indent") or 0,
        definition=line.text("definition"),
        swing=line.one_of("swing", _SWINGS, Severity.NOTE, "说法"),
        older=older,
        since=span.since,
        until=span.until,
    )


def read_charts(desk: Desk, lines: Sequence[Line], vocabulary: Vocabulary) -> tuple[ChartSpec, ...]:
    """Read the charts of a form."""
    made: list[ChartSpec] = []
    names: dict[str, str] = {}
    titles: dict[str, str] = {}
    for line in lines:
        title, name = line.required("title"), line.name("name")
        for field_name, word, taken in (("title", title, titles), ("name", name, names)):
            if word and (cell := taken.get(same(word))):
                line.fault(field_name, f"“{word}”已用于{cell}，两幅图不能同名。")
            taken.setdefault(same(word), line.spot(field_name).cell)
        made.append(
            ChartSpec(
                title=title,
                codes=_codes(desk, line, vocabulary),
                across=line.one_of("across", ACROSS, Across.UNITS, "比法"),
                current=line.one_of("figures", FIGURES, default=False, what="说法"),
                name=name,
            )
        )
    return tuple(made)


def _codes(desk: Desk, line: Line, vocabulary: Vocabulary) -> tuple[str, ...]:
    """Read the indicators of a chart, which are all of one unit of measure."""
    found: list[Indicator] = []
    for typed in line.several("codes"):
        word = typed.strip("[]［］")
        indicator = vocabulary.indicator(word)
        if indicator is None:
            if not desk.mentions_broken(word):
                tell_no_indicator(line, "codes", word, vocabulary)
        elif indicator not in found:
            found.append(indicator)
    if not line.filled("codes"):
        line.fault("codes", "不能空着，请写指标的代码，用、分开。")
    units = list(dict.fromkeys(each.unit for each in found if not desk.mentions_broken(each.code)))
    if len(units) > 1:
        told = f"一幅图里各指标的计量单位要相同，现在有{'、'.join(unit or '（空）' for unit in units)}。"
        line.fault("codes", f"{told}请分成几幅图。")
    return tuple(indicator.code for indicator in found)


def tell_no_indicator(line: Line, name: str, word: str, vocabulary: Vocabulary) -> None:
    """Tell that no indicator is called so, and which was likely meant."""
    codes = list(vocabulary.indicators)
    labels = {each.label.strip("\u3000"): code for code, each in vocabulary.indicators.items()}
    near = likely(word, labels)
    meant = labels[near] if near and find(near, labels) else likely(word, codes)
    line.fault(name, f"没有指标“{word[:40]}”{is_it(meant)}", meant)
