"""Pairs for what superiors said: a return, a question, and a figure agreed by telephone."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace

from sheetflow.periods import Period
from sheetflow.schemas.documents import dump_figures, dump_rows, load_figures, load_rows
from sheetflow.schemas.parsing import Value
from sheetflow.schemas.review import Heard, Verdict
from tests.county_book import drawn, judged, judged_raw
from tests.validators.pairs import Pair

RETURN = Heard(
    number="370102-2012B2-1-核S19-1",
    receipt="370102-2012B2-1",
    verdict=Verdict.RETURN,
    by="济南市",
    opinion="与上月相差太大，请核对台帐",
    about="S19",
    figures={"S19": judged().figures["S19"]},
)
"""The city sends back what the sound workbook has for an indicator."""
KEPT = load_figures(dump_figures(judged().figures))
"""As the store keeps them."""
QUESTION = replace(RETURN, verdict=Verdict.QUERY, figures={})
AGREED = replace(QUESTION, proposed=9)
"""A city and a county agreed by telephone on another figure."""

REFUSED = replace(
    RETURN, verdict=Verdict.DISAGREE, about="pairing-funds-service", opinion="请补填", figures={}
)
"""A city does not let the finding pass that the county gave reasons for."""
_NO_SERVICE = "@ 结对帮扶 累计帮扶资金（元） 5 = 0.01"


def hearing(*heard: Heard) -> Callable[[str, Period], tuple[Heard, ...]]:
    """Give what judging hears."""
    return lambda _form, _period: heard


def number_of(heard: Heard) -> str:
    """Give the 编号 in 问题清单 under which a unit answers what it hears."""
    found = judged_raw(drawn(""), heard=hearing(heard)).findings
    return next(each.number for each in found if each.place.key == heard.number)


def answer(heard: Heard, text: str) -> str:
    """Draw the sheet 情况说明 with an answer to what was heard."""
    return (
        "# 情况说明\n| 审核意见编号 | 位置 | 说明 |\n| --- | --- | --- |\n"
        f"| '{number_of(heard)} | | {text} |"
    )


_ONE_MORE = (
    "@ 妇女需求台帐 + | X0006 | 2012-04-05 | 张秀英 | 45 | | | | L002 | G002 |"
    " 其他 | 就业创业 | 想学技术 | 普遍性倾向性 | 未办理 | | | |"
)


def _standing(_form: str, _period: Period) -> str:
    return "370102-2012B2-1"


def _rows(_form: str, _period: Period) -> Mapping[str, Sequence[Mapping[str, Value]]]:
    book = judged().book
    assert book is not None
    return {
        key: load_rows(found.sheet, dump_rows(found.sheet, found.values))
        for key, found in book.sheets.items()
    }


SUPERIORS = (
    Pair(
        rule="superior-return",
        at="活动统计 累计/期末 6",
        context={"heard": hearing(RETURN)},
        nearly=_ONE_MORE,
        nearly_context={"heard": hearing(RETURN)},
    ),
    Pair(
        rule="superior-return",
        at="",
        context={"heard": hearing(replace(RETURN, about="", figures=KEPT))},
        nearly=_ONE_MORE,
        nearly_context={"heard": hearing(replace(RETURN, about="", figures=KEPT))},
    ),
    Pair(
        rule="superior-question",
        at="活动统计 累计/期末 6",
        context={"heard": hearing(QUESTION)},
        nearly_context={"heard": hearing(RETURN)},
    ),
    Pair(
        rule="superior-refused",
        at="结对帮扶 服务内容 5",
        broken=_NO_SERVICE,
        context={"heard": hearing(REFUSED)},
        nearly_context={"heard": hearing(REFUSED)},
    ),
    Pair(
        rule="superior-agreed",
        at="情况说明 审核意见编号 4",
        broken=answer(AGREED, "同意"),
        context={"heard": hearing(AGREED)},
        nearly=answer(replace(AGREED, proposed=judged().figures["S19"]), "同意"),
        nearly_context={"heard": hearing(replace(AGREED, proposed=judged().figures["S19"]))},
    ),
    Pair(
        rule="correction-undeclared",
        at="封面 报送性质",
        broken=_ONE_MORE,
        context={"standing": _standing, "passed": lambda _form, _period: "济南市"},
        nearly=_ONE_MORE,
        nearly_context={
            "standing": _standing,
            "passed": lambda _form, _period: "济南市",
            "mending": lambda _form, _period: True,
        },
    ),
    Pair(
        rule="correction-undeclared",
        at="封面 报送性质",
        broken=_ONE_MORE,
        context={
            "standing": _standing,
            "passed": lambda _form, _period: "济南市",
            "standing_rows": _rows,
        },
        nearly_context={
            "standing": _standing,
            "passed": lambda _form, _period: "济南市",
            "standing_rows": _rows,
        },
    ),
)
