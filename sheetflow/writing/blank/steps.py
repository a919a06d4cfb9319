"""怎么报: one page behind the cover, five steps for somebody who knows Excel and no more.

It says where the workbook lies, where it is put, and what comes back. The rules stand behind it,
in 填报说明: a page of its own is printed as one, whatever the fonts of the machine.
"""

from __future__ import annotations

from sheetflow.schemas.conditions import Is
from sheetflow.schemas.evidence import takes_files
from sheetflow.schemas.guide_words import CONDITIONAL_MARK, REQUIRED_MARK
from sheetflow.schemas.layout import HEADER_ROW, ISSUES_SHEET, STEPS_SHEET
from sheetflow.schemas.sheets import Kind
from sheetflow.writing.blank.sheet_page import HELP_TAB, TABS, WorkbookContext, write_head
from sheetflow.writing.looks import BODY, BOLD, BORDER, CENTRE, RED, WRAP, Look
from sheetflow.writing.page import FlowPage

_NUMBER: Look = BODY | BORDER | CENTRE | BOLD | {"font_size": 16}
_STEP: Look = BODY | BORDER | WRAP | {"font_size": 14}
_ASKED: Look = BODY | WRAP | BOLD | {"font_size": 14, "font_color": RED}
_LARGER = 14 / 11
"""How much larger these letters are than those by which heights are told."""
_LEAST = 60.0
_WIDTHS = (12.0, 30.0, 30.0, 26.0)


def write_steps(context: WorkbookContext) -> None:
    """Write the sheet 怎么报."""
    page = FlowPage(context.book, STEPS_SHEET, _WIDTHS, row=HEADER_ROW)
    page.worksheet.set_tab_color(HELP_TAB)
    write_head(page, context.titled(f"{STEPS_SHEET}：五步"), context.whose)
    for number, (head, words) in enumerate(_steps(context), start=1):
        text = f"{head}　{words}"
        page.lay(f"第{number}步", _NUMBER, 1, 1)
        page.lay(text, _STEP, 2, len(page.widths))
        page.end(max(_LEAST, page.needed(text, 2) * _LARGER * _LARGER + 12))
    for text in (*context.dress.asked, *_beside(context)):
        look = _ASKED if text in context.dress.asked else _ASKED | {"bold": False}
        look = look if text in context.dress.asked else look | {"font_color": "#404040"}
        page.lay(text, look, 1, len(page.widths))
        page.end(page.needed(text, 1) * _LARGER * _LARGER + 6)
    page.print_alone("第 &P 页 共 &N 页")


def _own_folder(context: WorkbookContext) -> str:
    return f"“{context.dress.folder}”" if context.dress.folder else "写着本单位名称的"


def _opening(context: WorkbookContext) -> str:
    period = context.filling.period
    within = f"再进“{period.period_id}”" if period.period_id else "再进写着报告期的那一个"
    place = f"答复文件夹（outbox）里的{_own_folder(context)}文件夹，{within}"
    if context.returned:
        return (
            "就用这一份，上面是本单位填的，不用另填新表。"
            f"要找它，打开{place}。先看第一张《{ISSUES_SHEET}》。"
        )
    return f"打开{place}，找到名字以“填报”开头的这份工作簿，复制到自己的电脑上，双击打开。"


def _filling(context: WorkbookContext) -> str:
    form = context.filling.form
    front, nil = form.cover_sheet, form.cover.nil
    marked = (
        f"红色{REQUIRED_MARK}的一定要填，{CONDITIONAL_MARK}的有时要填；该填没填的格子是浅黄色。"
        "能点出小箭头的，从列表里选。"
    )
    if context.returned:
        return (
            f"照《{ISSUES_SHEET}》一条一条改：点“单元格”一栏，就到要改的那一格。"
            f"要核实的，数没有错就在“情况说明”一栏写明原因。{marked}"
        )
    free = ""
    if nil is not None:
        said = nil.words(front.labels)
        if isinstance(nil, Is):
            said = f"“{front.labels[nil.column]}”选“{nil.options[0]}”"
        free = f"本期确实没有可报的，只填《{front.title}》，{said}，其他表不用填。"
    return f"先填《{front.title}》，再照下面的工作表标签从左到右一张一张填。{marked}{free}"


def _with_files(context: WorkbookContext) -> str:
    return "和要附的文件一起" if takes_files(context.filling.form) else ""


def _steps(context: WorkbookContext) -> tuple[tuple[str, str], ...]:
    return (
        ("打开。", _opening(context)),
        ("改正。" if context.returned else "填写。", _filling(context)),
        (
            "保存。",
            "按住键盘上的Ctrl再按S（或者点“文件”“保存”），然后关闭Excel或WPS。不要加密码；文件名改不改都可以。",
        ),
        (
            "放进去。",
            (
                f"把保存好的文件{_with_files(context)}复制到报送文件夹（inbox）里的{_own_folder(context)}文件夹。十几秒以后文件不见了，"
                "是系统收走了，不是丢了。想先看看有没有问题，可以放进里面的“预审”文件夹，那不算报送。"
            ),
        ),
        (
            "看答复。",
            (
                "过几分钟，回到第1步的文件夹看：有“回执”开头的，就是报上了，打印出来签字、盖章；"
                "有“退回”开头的，打开它，照《问题清单》一条一条改好，保存，再做一遍第4步；"
                "是别的，打开看，里面写着怎么办。有回执才算报完。"
            ),
        ),
    )


def _beside(context: WorkbookContext) -> tuple[str, ...]:
    kinds = {sheet.kind for sheet in context.sheets}
    tabs = "；".join(f"{name}的{words}" for kind, (_, name, words) in TABS.items() if kind in kinds)
    is_stock = Kind.STOCK in kinds or Kind.LEDGER in kinds
    known = "上期登记过的已经带出来了，接着填、有变化的改。" if is_stock else ""
    return (
        f"工作表标签的颜色：{tabs}；紫色的是说明。{known}",
        (
            f"不知道怎么填的，打开“{context.dress.folder or '本单位的'}”文件夹里名字以“填报样例”开头的"
            "那一份，照着样子填；样例只供看，不能报。"
        ),
        "每一栏填什么、怎么审核，见下一张《填报说明》。",
    )
