"""What people are told of a form before they fill it, from its declaration.

The same words stand in 填报说明 of the workbook, beside its cells, and in the notice's annex.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from sheetflow.schemas.cells import Day, Reference, References
from sheetflow.schemas.columns import Column
from sheetflow.schemas.conditions import Condition
from sheetflow.schemas.figure_sources import made_words, rows_words
from sheetflow.schemas.forms import Form
from sheetflow.schemas.indicators import Indicator
from sheetflow.schemas.sheets import Kind, Sheet

REQUIRED_MARK, CONDITIONAL_MARK = "＊", "＊＊"
GENERAL_GUIDANCE = (
    (
        "标有“＊”的栏目必须填写；标有“＊＊”的栏目在规定的情况下必须填写，平时空着。"
        "一行开始填写后，该填而未填的格子显示浅黄色，不用填的格子显示灰色。"
    ),
    "日期写完整，如2012-3-5。数字只填阿拉伯数字，没有的填0（注明“不小于1”的栏目除外），不写“约20”“3000多”“2.59亿”，不带单位。",
    "有下拉列表的栏目请从列表中选；可填多项的，各项之间用“、”分开。",
    "印好的编号按顺序使用，不重复，不改用；只有编号、没有其他内容的行不算填报。",
    "不用填合计行，合计由系统计算；表格下面的注释、说明单独写一格，不读取。",
    "可以增加行、调整列宽；请不要改动工作表名、表头，不要合并单元格，不要在数据格里写公式。",
    "从别处复制过来时，请用“选择性粘贴”中的“数值”，以免破坏下拉列表和格式。",
    (
        "填好后保存，把本文件放入本单位的报送文件夹。稍后会收到回执；如有问题，会退回一份标明问题的工作簿，"
        "在上面改好重新放入即可。"
    ),
)
NOT_THEIRS = frozenset(
    {
        "our-fault",
        "version-older",
        "version-outdated",
        "choice-retired",
        "form-doubtful",
        "unit-guessed",
        "rejected",
        "superior-return",
        "superior-question",
        "superior-refused",
        "superior-agreed",
        "file-killed-reader",
        "file-timeout",
        "file-outgrew-memory",
    }
)
"""What no clerk can heed beforehand: faults of the service, what somebody above decides, a new version.

Forms that cannot be told apart ask for the workbook that was handed out: that is said already.
"""

_BY_KIND = {
    Kind.FLOW: "本期数按本期各行计算，累计数为上期累计加本期",
    Kind.LEDGER: "累计数按全年台帐计算，本期数为累计减上期累计",
    Kind.STOCK: "期末数",
}


FILES_TOO = (
    "附件和填报表一起放进报送文件夹，也可以放进其中的“附件”文件夹；文件名写在附件栏里，写不写后缀都可以。"
    "附件来晚了的，补放以后会自动重新审核，填报表不用再报。"
)
"""How files come beside a workbook, where a form takes any."""


def files_words(readers: Sequence[str]) -> str:
    """Say who will read the files that come beside a workbook, in a form that takes any."""
    careful = "请不要写入不该外传的个人信息。"
    if not readers:
        return f"附件随本表一起存档，{careful}"
    above = "、".join(readers) + ("都" if len(readers) > 1 else "")
    return f"附件原样报送上级，{above}能看到全文，{careful}"


def mark_of(column: Column) -> str:
    """Give the mark of a column that must, or may have to, be filled."""
    if isinstance(column.required, Condition):
        return CONDITIONAL_MARK
    return REQUIRED_MARK if column.required and not column.prefilled else ""


def requirement(sheet: Sheet, column: Column) -> str:
    """Say whether the column must be filled: 必填, 选填, or when."""
    if isinstance(column.required, Condition):
        when = column.required.words(sheet.labels)
        return f"{when}时必填" + ("，否则不填" if column.only else "")
    if column.prefilled:
        return "已预填"
    return "必填" if column.required else "选填"


def type_words(form: Form, column: Column) -> str:
    """Say what may stand in the column, naming the sheet that it points to."""
    kind = column.type
    if not column.refers_to:  # nothing, or a sheet of another form, which the hint names
        return kind.words + accepted_words(column)
    if isinstance(kind, Reference):
        return f"填《{form.by_key[kind.to].title}》中的编号"
    if isinstance(kind, References):
        return f"填《{form.by_key[kind.to].title}》中的编号，可填多个，用“、”分开"
    return kind.words


def accepted_words(column: Column) -> str:
    """Say which words may stand in place of a number; nothing where none may."""
    return f"；没有数的可填{'或'.join(column.accepts)}" if column.accepts else ""


def extra_words(form: Form, sheet: Sheet, column: Column) -> Iterator[str]:
    """Say the hint, what a date is held against, and from how many characters on words are quoted."""
    if column.hint:
        yield column.hint
    if isinstance(column.type, Day):
        if column.not_before:
            yield f"不早于“{sheet.labels[column.not_before]}”"
        if column.not_after == "period_end":
            yield "不晚于报告期末"
        elif column.not_after == "filled_on":
            yield "不晚于填报日期"
    spec = form.report
    if spec and sheet.key == spec.narrative and column.key not in spec.plans:
        yield f"不少于{spec.shortest}字的，上级的情况报告才会引用"


def explain(form: Form, indicator: Indicator) -> str:
    """Say what `indicator` counts: its definition, else the sheet, columns and condition."""
    kind = "" if indicator.is_ratio else _BY_KIND.get(form.kinds[indicator.code], "")
    body = indicator.definition or made_words(form, indicator) or rows_words(form, indicator)
    here = "" if indicator.source.fits(form.by_key) else "这一版的表不填，沿用以前的数"
    return "；".join(part for part in (body, kind, here) if part)
