"""推荐名单 as a workbook: who stands where and why, what each judge gave, and what has no score yet.

It refuses to rank: places and grades come as they were worked out.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence

from sheetflow.consolidation.ranking import (
    PENDING,
    Judge,
    RankedList,
    RankedRow,
    shown_score,
    trimmed,
)
from sheetflow.schemas.layout import FIRST_ROW
from sheetflow.schemas.parsing import Value
from sheetflow.writing.looks import CENTRED, DECIMAL, FAINT_INK, WRAPPED, Look
from sheetflow.writing.page import TablePage
from sheetflow.writing.xlsx_book import Book, streamed_book

_COLUMNS = {
    "名次": 8,
    "评审编号": 10,
    "题目": 40,
    "作者": 22,
    "单位": 18,
    "平均分": 9,
    "建议获奖等次": 14,
    "最终获奖等次": 14,
    "备注": 30,
}
_PENDING: Look = {"bg_color": "#FFD27F"}
_LEFT_OUT: Look = {"font_color": FAINT_INK, "italic": True}
_EXCUSED = "回避"
_JUDGE_WIDTH = 11
_NO_SCORE = {"评审编号": 10, "题目": 44, "单位": 18, "还没有打分的评委": 60}


def write_ranked_list(
    ranked: RankedList, title: str, issuer: str, trimmed_from: int, stamp: dt.datetime
) -> bytes:
    """Write the list as .xlsx; equal input gives equal bytes."""
    heading = f"{issuer}　{ranked.period}"
    with streamed_book(title, stamp) as book:
        _write_list(book, ranked, title, heading)
        _write_scores(book, ranked, heading, trimmed_from)
        waiting = [row for row in ranked.rows if row.score is None]
        if waiting:
            _write_waiting(book, ranked, waiting, heading)
        return book.close()


def _write_list(book: Book, ranked: RankedList, title: str, heading: str) -> None:
    page = TablePage(book, "推荐名单", list(_COLUMNS.values()), heading)
    page.open(title, _opening(ranked), list(_COLUMNS))
    last = FIRST_ROW - 1
    for last, row in enumerate(ranked.rows, start=FIRST_ROW):
        texts = {
            "题目": row.title,
            "作者": _authors(row),
            "单位": row.unit,
            "备注": _remark(row),
        }
        page.fit(last, [(text, _COLUMNS[label]) for label, text in texts.items()])
        fill = _PENDING if row.proposed == PENDING and not row.award else {}
        cells: dict[str, tuple[Value, Look]] = {
            "名次": (place_words(row), CENTRED),
            "评审编号": (row.number, CENTRED),
            **{label: (text, WRAPPED) for label, text in texts.items()},
            "平均分": (shown_score(row.score), DECIMAL),
            "建议获奖等次": (row.proposed, CENTRED | fill),
            "最终获奖等次": (row.award, CENTRED),
        }
        for number, label in enumerate(_COLUMNS, start=1):
            page.put(last, number, *cells[label])
    page.close(last, 3)


def _authors(row: RankedRow) -> str:
    """Name the authors, with what else is said of them in brackets: 王芳、李静（主席、干事）."""
    first, *more = row.authors or ("",)
    return f"{first}（{'，'.join(more)}）" if more else first


def place_words(row: RankedRow) -> str:
    """Give a place as people say it: 并列3; of what has none a dash."""
    return f"{'并列' if row.is_tied else ''}{row.place}" if row.place else "—"


def _opening(ranked: RankedList) -> str:
    scored = sum(row.score is not None for row in ranked.rows)
    quotas = "，".join(
        f"{grade}{'未定' if quota is None else f'{quota}个'}" for grade, quota in ranked.grades
    )
    said = f"参评{len(ranked.rows)}篇，评委{len(ranked.judges)}人，已有得分的{scored}篇。名额：{quotas}。"
    if any(row.proposed == PENDING and not row.award for row in ranked.rows):
        said += f"“{PENDING}”：得分相同，名额不够都给，由评委会定。"
    if ranked.is_decided:
        return said + "最终等次由评委会审定。"
    return said + "建议等次按得分和名额排出，供评委会审定，不是最终结果。"


def _remark(row: RankedRow) -> str:
    """Say why a grade is another than proposed, and what stands in the way of a score."""
    said = [row.reason]
    if row.lacking:
        said.append(f"还有{len(row.lacking)}名评委没有打分")
    elif row.score is None:
        said.append("没有可以打分的评委")
    if not row.is_handed_up:
        said.append("原报送单位已不再推荐，请核实")
    return "；".join(filter(None, said))


def _write_scores(book: Book, ranked: RankedList, heading: str, trimmed_from: int) -> None:
    columns = {"名次": 8, "评审编号": 10, "题目": 36}
    labels = [*columns, *map(_named, ranked.judges), "平均分"]
    widths = [*columns.values(), *([_JUDGE_WIDTH] * len(ranked.judges)), 9.0]
    page = TablePage(book, "评委打分", widths, heading)
    note = (
        f"各评委所给的总分，供组织评审的办公室核对。有{trimmed_from}名以上评委打分的，"
        "去掉一个最高分和一个最低分（斜体灰字）后取平均。"
    )
    page.open("各评委打分", note, labels)
    last = FIRST_ROW - 1
    for last, row in enumerate(ranked.rows, start=FIRST_ROW):
        page.fit(last, [(row.title, columns["题目"])])
        page.put(last, 1, place_words(row), CENTRED)
        page.put(last, 2, row.number, CENTRED)
        page.put(last, 3, row.title, WRAPPED)
        out = trimmed(row.given, trimmed_from) if row.score is not None else ()
        for number, judge in enumerate(ranked.judges, start=4):
            look = CENTRED | _LEFT_OUT if judge.key in out else CENTRED
            excused = _EXCUSED if judge.key in row.excused else None
            page.put(last, number, row.given.get(judge.key, excused), look)
        page.put(last, len(labels), shown_score(row.score), DECIMAL)
    page.close(last, 3)


def _named(judge: Judge) -> str:
    return f"{judge.key} {judge.name}"


def _write_waiting(book: Book, ranked: RankedList, rows: Sequence[RankedRow], heading: str) -> None:
    page = TablePage(book, "没有得分的", list(_NO_SCORE.values()), heading)
    page.open("没有得分的", "应打分的评委都打了分，才有得分；回避的评委不算。", list(_NO_SCORE))
    named = {judge.key: _named(judge) for judge in ranked.judges}
    last = FIRST_ROW - 1
    for last, row in enumerate(rows, start=FIRST_ROW):
        lacking = "、".join(named[key] for key in row.lacking) or "评委都应回避，请另请评委"
        if not ranked.judges:
            lacking = "还没有评委"
        page.fit(last, [(row.title, _NO_SCORE["题目"]), (lacking, _NO_SCORE["还没有打分的评委"])])
        page.put(last, 1, row.number, CENTRED)
        page.put(last, 2, row.title, WRAPPED)
        page.put(last, 3, row.unit, WRAPPED)
        page.put(last, 4, lacking, WRAPPED)
    page.close(last, 1)
