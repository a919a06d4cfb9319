"""工作表 into the sheets of each form, before they have columns."""

from __future__ import annotations

from sheetflow.definition.compiling.desk import Desk, FormDraft, SheetDraft, Span
from sheetflow.definition.keys import derived_key
from sheetflow.definition.lines import Line
from sheetflow.definition.meanings import COVER_KIND, KINDS
from sheetflow.schemas.layout import (
    CONSOLIDATED_SHEETS,
    GUIDE_SHEET,
    ISSUES_SHEET,
    STAMP_SHEET,
    STEPS_SHEET,
)
from sheetflow.schemas.likely import is_it, likely, same
from sheetflow.schemas.sheets import EXPLANATIONS, Kind

_TABLE = "工作表"
_NOT_IN_TITLES = frozenset("[]:*?/\\：＊？／＼［］")
_OURS = {same(name) for name in (GUIDE_SHEET, STEPS_SHEET, ISSUES_SHEET, STAMP_SHEET, "History")}
_OURS |= {same(name) for name in CONSOLIDATED_SHEETS} | {same(EXPLANATIONS.title)}
STATISTICS, STATISTICS_KIND = "统计表", "统计"
MOST_SHEETS = 60


def read_sheets(desk: Desk) -> None:
    """Read the sheets into their forms."""
    lines = desk.tables.of(_TABLE)
    if len(lines) > MOST_SHEETS:
        told = f"有{len(lines)}张工作表，最多{MOST_SHEETS}张。请分成几个活动。"
        desk.faults.add(lines[MOST_SHEETS].spot("title"), told)
        lines = lines[:MOST_SHEETS]
    for line in lines:
        draft = _sheet(desk, line)
        for form in draft.forms:
            _tell_same(form, draft)
            form.sheets.append(draft)
    for form in desk.forms:
        _one_cover(desk, form)
        _few_statistics(form)


def _sheet(desk: Desk, line: Line) -> SheetDraft:
    title = line.required("title")
    _tell_title(line, title)
    if not line.filled("kind"):
        line.fault("kind", f"不能空着。可填：{'、'.join(KINDS)}。")
    word = _kind_word(line)
    older, forms = desk.older(line), forms_named(desk, line, "forms")
    if not word or not forms:
        desk.breaks(title, *older)
    return SheetDraft(
        title=title,
        key=desk.key(line, older[-1] if older else title),
        word=word,
        kind=KINDS.get(word, Kind.FLOW),
        forms=forms,
        span=desk.span(line),
        line=line,
        older=older,
    )


def _kind_word(line: Line) -> str:
    return line.one_of("kind", {word: word for word in KINDS}, "")


def _tell_title(line: Line, title: str) -> None:
    if wrong := "".join(sorted(_NOT_IN_TITLES & set(title))):
        line.fault("title", f"表名里有“{wrong}”，Excel 的工作表名不能用，请去掉。")
    elif title.startswith("'") or title.endswith("'"):
        line.fault("title", "表名不能以单引号开头或结尾，请去掉。")
    elif same(title) in _OURS:
        line.fault("title", f"“{title}”是系统自己的工作表，请换一个名称。")
    elif title.startswith("_"):
        line.fault("title", "表名不能以“_”开头，请换一个名称。")


def forms_named(desk: Desk, line: Line, name: str) -> tuple[FormDraft, ...]:
    """Give the forms that a cell lists; the main one where it is blank."""
    found: list[FormDraft] = []
    words = line.several(name)
    for word in words:
        form = form_called(desk, word)
        if form is None:
            tell_no_form(desk, line, name, word)
        elif form not in found:
            found.append(form)
    return tuple(found) if words else tuple(desk.forms[:1])


def form_called(desk: Desk, word: str) -> FormDraft | None:
    """Give the form of that title."""
    wanted = same(word)
    return next((form for form in desk.forms if same(form.title) == wanted), None)


def tell_no_form(desk: Desk, line: Line, name: str, word: str) -> None:
    """Tell that there is no such form, unless its row is faulty."""
    if desk.mentions_broken(word):
        return
    titles = [form.title for form in desk.forms]
    meant = likely(word, titles)
    listed = "、".join(titles)
    line.fault(name, f"《报表》里没有“{word[:40]}”{is_it(meant)}可填：{listed}。", meant)


def _tell_same(form: FormDraft, draft: SheetDraft) -> None:
    for other in form.sheets:
        if not (draft.title and other.title and draft.line):
            continue
        cell = other.spot.cell
        together = draft.span.overlaps(other.span)
        names = {same(draft.title), *map(same, draft.older)}
        if together and same(other.title) == same(draft.title):
            told = f"“{form.title}”已有《{other.title}》（{cell}）。同一种报表里表名不能相同。"
            draft.line.fault("title", told)
        elif draft.key == other.key:
            told = f"代码“{draft.key}”与《{other.title}》（{cell}）的相同，请换一个表名或代码。"
            draft.line.fault("code" if draft.line.filled("code") else "title", told)
        elif together and names & {same(other.title), *map(same, other.older)}:
            told = f"旧表名与《{other.title}》（{cell}）的名称相同，读旧表时分不清，请核对。"
            draft.line.fault("older" if draft.older else "title", told)


def _one_cover(desk: Desk, form: FormDraft) -> None:
    covers = [draft for draft in form.sheets if draft.word == COVER_KIND]
    if len(covers) > 1:
        for draft in covers[1:]:
            if draft.line:
                told = f"“{form.title}”已有封面《{covers[0].title}》，一种报表只能有一张。其余的改为卡片。"
                draft.line.fault("kind", told)
    if covers or not form.title or any(not draft.word for draft in form.sheets):
        return
    told = f"“{form.title}”没有封面：请在《工作表》加一行，种类填封面。"
    desk.faults.add(form.line.spot("title"), told)


def _few_statistics(form: FormDraft) -> None:
    found = [draft for draft in form.sheets if draft.kind is Kind.INDICATORS]
    for draft in found[1:]:
        if draft.line:
            told = f"“{form.title}”已有统计表《{found[0].title}》，一种报表只能有一张。"
            draft.line.fault("kind", told)


def add_statistics(form: FormDraft) -> None:
    """Put a sheet for the indicators behind the cover, where none is declared."""
    if any(draft.kind is Kind.INDICATORS for draft in form.sheets):
        return
    after = next((i for i, draft in enumerate(form.sheets) if draft.word == COVER_KIND), -1)
    draft = SheetDraft(
        title=STATISTICS,
        key=derived_key(STATISTICS),
        word=STATISTICS_KIND,
        kind=Kind.INDICATORS,
        forms=(form,),
        span=Span(),
    )
    form.sheets.insert(after + 1, draft)


def draft_named(
    desk: Desk, line: Line, name: str, title: str, form: FormDraft
) -> SheetDraft | None:
    """Give the sheet that a cell names in a form; tell where it names none."""
    bare = title.strip().removeprefix("《").removesuffix("》")
    found = form.sheet(bare)
    if found is None and not desk.mentions_broken(bare):
        told, meant = no_sheet(desk, form, bare)
        line.fault(name, told, meant)
    return found


def no_sheet(desk: Desk, form: FormDraft, title: str) -> tuple[str, str]:
    """Say that a form has no such sheet, which was likely meant, and where there is one."""
    elsewhere = next(
        (other for other in desk.forms if other is not form and other.sheet(title)), None
    )
    if elsewhere:
        told = f"《{title}》在“{elsewhere.title}”里，“{form.title}”没有这张工作表。"
        return f"{told}请核对“报表”一栏。", ""
    meant = likely(title, [draft.title for draft in form.sheets])
    return f"没有《{title[:40]}》这张工作表{is_it(meant, '《》')}", meant
