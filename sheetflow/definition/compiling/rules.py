"""审核 into declared rules: which rows, when, what must hold, which cells it speaks of, what is said."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

from sheetflow.definition.compiling.desk import Desk, FormDraft
from sheetflow.definition.compiling.indicators import tell_no_indicator
from sheetflow.definition.compiling.levels import level_named
from sheetflow.definition.compiling.sheets import form_called, no_sheet, tell_no_form
from sheetflow.definition.compiling.texts import read, sentence
from sheetflow.definition.compiling.versions import period_id
from sheetflow.definition.keys import derived_key, is_code
from sheetflow.definition.lines import Line, split_words
from sheetflow.definition.meanings import (
    BY_ROW,
    ONLY_LAST,
    ONLY_LEVEL,
    RANGES,
    SEVERITIES,
    SKIPS_FIRST,
)
from sheetflow.definition.rule_words import usual_title, worded
from sheetflow.findings import Severity
from sheetflow.schemas.catalogue import GENERAL
from sheetflow.schemas.expressions import Call, Cell, Expression
from sheetflow.schemas.language.misreadings import Faults
from sheetflow.schemas.language.parser import parse
from sheetflow.schemas.language.places import FUNCTIONS, Place
from sheetflow.schemas.language.rules import read_rule
from sheetflow.schemas.language.vocabulary import Vocabulary
from sheetflow.schemas.likely import find, is_it, likely, may_be, same
from sheetflow.schemas.rules import DeclaredRule
from sheetflow.schemas.sheets import Kind, Sheet

_TABLE = "审核"
MOST_RULES = 500
OF_SHEET = frozenset(name for name, function in FUNCTIONS.items() if function.of_sheet)


@dataclass(frozen=True)
class Stage:
    """What a form gives its rules to speak of."""

    form: FormDraft
    vocabulary: Vocabulary


def read_rules(desk: Desk, stages: Sequence[Stage]) -> dict[str, tuple[DeclaredRule, ...]]:
    """Read all rules, by the key of the form that they judge."""
    found: dict[str, list[DeclaredRule]] = {stage.form.key: [] for stage in stages}
    lines = desk.tables.of(_TABLE)
    if len(lines) > MOST_RULES:
        told = f"有{len(lines)}条规则，最多{MOST_RULES}条。"
        desk.faults.add(lines[MOST_RULES].spot("must"), told)
        lines = lines[:MOST_RULES]
    codes: dict[str, str] = {}
    for line in lines:
        code = ""
        for stage in _stages_of(desk, line, stages):
            rule = _rule(desk, line, stage)
            if rule:
                _tell_same(line, rule, found[stage.form.key])
                found[stage.form.key].append(rule)
                desk.rules.append((line, stage.form.key, rule))
                code = rule.code
        _tell_code(line, code, codes)
    return {key: tuple(rules) for key, rules in found.items()}


def _stages_of(desk: Desk, line: Line, stages: Sequence[Stage]) -> list[Stage]:
    """Find the forms that a rule judges: those it names, those that have its sheet, the main one."""
    by_key = {stage.form.key: stage for stage in stages}
    if words := line.several("form"):
        named = []
        for word in words:
            form = form_called(desk, word)
            if form is None:
                tell_no_form(desk, line, "form", word)
            else:
                named.append(by_key[form.key])
        return named
    title = _bare(line.name("sheet", 60))
    if title and stages:
        main = stages[0].form.sheet(title)
        if main is None:
            return [stage for stage in stages if stage.form.sheet(title)] or list(stages[:1])
        return [stage for stage in stages if main in stage.form.sheets]
    return list(stages[:1])


def _bare(title: str) -> str:
    return title.removeprefix("《").removesuffix("》")


def _rule(desk: Desk, line: Line, stage: Stage) -> DeclaredRule | None:
    """Read one rule as a form has it; None where something of it is faulty."""
    before, desk.held_back = desk.faults.count, False
    severity = _severity(line)
    sheet = _sheet(desk, line, stage)
    if (sheet is None and line.filled("sheet")) or _tell_rowless(line, stage):
        _tell_blank(line)
        return None
    voc, key = stage.vocabulary, sheet.key if sheet else ""
    points = _points(desk, line, voc, sheet)
    when, must = _expressions(desk, line, voc, key, points)
    _tell_blank(line)
    wrong = sentence(desk, line, "wrong", voc, sheet, points)
    remedy = sentence(desk, line, "remedy", voc, sheet, points)
    title = line.name("title") or usual_title(line.name("wrong"))
    span, ranges, code = desk.span(line), _ranges(desk, line), _code(line, title)
    trial = _trial(line, stage, severity)
    whole = desk.faults.count == before and not desk.held_back
    if must is None or not whole or severity is None:
        return None
    return DeclaredRule(
        code=code,
        severity=severity,
        must=must,
        points=points,
        wrong=wrong,
        remedy=remedy,
        title=title,
        summary=line.text("summary") or worded(when, must, voc, key, points),
        sheet=key,
        when=when,
        source=line.text("source"),
        by_row=BY_ROW in ranges,
        skips_first=SKIPS_FIRST in ranges,
        only_last=ONLY_LAST in ranges,
        only_levels=ranges.levels,
        trial_until=trial,
        since=span.since,
        until=span.until,
    )


def _expressions(
    desk: Desk, line: Line, vocabulary: Vocabulary, sheet: str, points: tuple[str, ...]
) -> tuple[Expression | None, Expression | None]:
    """Read 什么时候查 and 应当满足."""

    def reader(place: Place) -> Callable[[str], Expression | Faults]:
        return lambda text: read_rule(text, vocabulary, sheet, place=place, points=points)

    when = read(desk, line, "when", reader(Place.WHEN))
    return when, read(desk, line, "must", reader(Place.MUST))


def _code(line: Line, title: str) -> str:
    """Read 编码, or make it of the title."""
    code = line.name("code") or derived_key(title)
    if line.filled("code") and not is_code(code):
        line.fault("code", f"编码“{code[:20]}”只能用字母、汉字、数字和横线。一般不用填。")
    return code


def _severity(line: Line) -> Severity | None:
    if not line.filled("severity"):
        line.fault("severity", may_be(SEVERITIES, "不能空着。可填："))
    return line.one_of("severity", SEVERITIES, None)


def _sheet(desk: Desk, line: Line, stage: Stage) -> Sheet | None:
    title = _bare(line.name("sheet", 60))
    if not title:
        return None
    found = stage.vocabulary.sheet(title)
    if found is None:
        if not desk.mentions_broken(title):
            told, meant = no_sheet(desk, stage.form, title)
            line.fault("sheet", told, meant)
        return None
    if not found.is_table:
        told = f"《{found.title}》一本只有一份，不用逐行查：请清空这一格，栏目写成 {found.title}[栏目]。"
        line.fault("sheet", told)
        return None
    return found


def _tell_rowless(line: Line, stage: Stage) -> bool:
    """Tell of a rule that names columns of rows and does not say of which sheet."""
    if line.filled("sheet"):
        return False
    tables = [sheet for sheet in stage.vocabulary.sheets.values() if sheet.is_table]
    for label in _rowless_labels(line):
        if stage.vocabulary.indicator(label):
            continue
        owners = [sheet for sheet in tables if _column(sheet, label)]
        if owners:
            meant = owners[0].title if len(owners) == 1 else ""
            told = f"空着就是整本查一次，而[{label}]是一行里的栏目。请写上是哪张工作表{is_it(meant, '《》')}"
            line.fault("sheet", told, meant)
            return True
    return False


def _rowless_labels(line: Line) -> Iterator[str]:
    """Give the labels of cells that stand in no sheet, and in no call that names one."""
    for name in ("when", "must"):
        made = parse(line.text(name, 4000)) if line.filled(name) else None
        waiting = [made] if isinstance(made, Expression) else []
        while waiting:
            part = waiting.pop()
            if isinstance(part, Cell) and not part.card:
                yield part.column
            if not (isinstance(part, Call) and part.function in OF_SHEET):
                waiting.extend(part.parts)


def _tell_blank(line: Line) -> None:
    for name, example in (
        ("must", "如 [已整改数]<=[隐患数]"),
        ("points", "问题标在哪一栏就写哪一栏"),
        ("wrong", "写一句话：哪里不对"),
        ("remedy", "写一句话：请填表的人怎么改"),
    ):
        if not line.filled(name):
            line.fault(name, f"不能空着，{example}。")


def _points(desk: Desk, line: Line, vocabulary: Vocabulary, sheet: Sheet | None) -> tuple[str, ...]:
    """Read the cells that a rule speaks of."""
    found: list[str] = []
    for typed in line.several("points"):
        word = typed.strip("[]［］")
        point = _column(sheet, word) if sheet else _beyond_rows(vocabulary, typed)
        if point:
            found.append(point)
        elif desk.mentions_broken(word):
            desk.held_back = True
        elif sheet:
            words = list(sheet.labels.values())
            meant = likely(word, words)
            told = f"《{sheet.title}》没有“{word[:40]}”这个栏目{is_it(meant)}"
            line.fault("points", told, meant)
        else:
            _tell_no_point(line, typed, vocabulary)
    return tuple(dict.fromkeys(found))


def _column(sheet: Sheet, label: str) -> str:
    labels = {column.label: column.key for column in sheet.columns}
    older = {old: column.key for column in sheet.columns for old in column.older}
    words = {**older, **labels}
    found = find(label, words)
    return words[found] if found is not None else ""


def _beyond_rows(vocabulary: Vocabulary, typed: str) -> str:
    """Give ``sheet.column`` of a card's cell (封面.零报告, 封面[零报告]), or an indicator's code."""
    title, dot, label = typed.replace("．", ".").replace("[", ".").replace("［", ".").partition(".")
    if dot and title:
        sheet = vocabulary.sheet(_bare(title))
        column = _column(sheet, label.strip("]］")) if sheet else ""
        return f"{sheet.key}.{column}" if sheet and column else ""
    indicator = vocabulary.indicator(typed.strip("[]［］"))
    return indicator.code if indicator else ""


def _tell_no_point(line: Line, typed: str, vocabulary: Vocabulary) -> None:
    """Say that nothing in the book as a whole has this name; a card's cell lacks its card's name alone."""
    for sheet in vocabulary.sheets.values():
        column = sheet.by_key.get(_column(sheet, typed.strip("[]［］")))
        if sheet.kind is Kind.CARD and column:
            meant = f"{sheet.title}.{column.label}"
            line.fault("points", f"“{typed[:40]}”前面要写明是哪张表，请写 {meant}。", meant)
            return
    if vocabulary.indicators and "." not in typed and "[" not in typed:
        tell_no_indicator(line, "points", typed, vocabulary)
        return
    told = (
        f"“{typed[:40]}”看不懂。没有写“对每一行”的，请写 表名.栏目（如 封面.零报告）或指标的代码。"
    )
    line.fault("points", told)


class _Ranges(set[str]):
    """What narrows a rule; `levels` are those to which it is kept."""

    def __init__(self) -> None:
        super().__init__()
        self.levels: frozenset[str] = frozenset()


def _ranges(desk: Desk, line: Line) -> _Ranges:
    found = _Ranges()
    levels: set[str] = set()
    for word in split_words(line.text("range", 1000)):
        known = find(word, RANGES)
        if known is not None:
            found.add(known)
        elif word.startswith(ONLY_LEVEL) and word != ONLY_LEVEL:
            levels.add(level_named(desk, line, "range", word.removeprefix(ONLY_LEVEL)))
        else:
            line.unknown("range", word, [*RANGES, f"{ONLY_LEVEL}{desk.levels.lowest.name}"], "范围")
    found.levels = frozenset(filter(None, levels))
    return found


def _trial(line: Line, stage: Stage, severity: Severity | None) -> str:
    form = stage.form
    trial = period_id(line, "trial_until", form.cadence) if form.has_cadence else ""
    if trial and severity not in {Severity.MUST, None}:
        told = f"只有强制性的规则才试审，这一条是{line.text('severity')}。请清空这一格。"
        line.fault("trial_until", told)
    return trial


def _tell_same(line: Line, rule: DeclaredRule, others: Sequence[DeclaredRule]) -> None:
    """Tell of a rule that asks the same of the same cells as one above."""
    what = (rule.sheet, rule.when, rule.must, rule.points)
    for other in others:
        overlap = rule.in_version(other.since) or other.in_version(rule.since)
        if overlap and (other.sheet, other.when, other.must, other.points) == what:
            line.fault("must", f"与上面的“{other.title}”查的是同一件事，请删掉一条。")


def _tell_code(line: Line, code: str, codes: dict[str, str]) -> None:
    if not code:
        return
    name = "code" if line.filled("code") else "title" if line.filled("title") else "wrong"
    cell = line.spot(name).cell
    if code in GENERAL.checks:
        line.fault(name, f"编码“{code}”是系统自己的，请换一个。")
    elif taken := codes.get(same(code)):
        told = "请在“简称”里写一个不同的名称。" if name != "code" else "请换一个编码。"
        line.fault(name, f"与{taken}那一条的简称或编码相同，分不清是哪一条。{told}")
    codes.setdefault(same(code), cell)
