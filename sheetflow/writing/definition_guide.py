"""说明: the page of a campaign workbook that says how it is used; nobody reads it back.

This module owns the words. It refuses to say what stands in the remarks of the headers.
"""

from __future__ import annotations

from typing import Final

from sheetflow.definition.layout import UNREAD
from sheetflow.writing.looks import CENTRE, WRAP, Look, lines_of
from sheetflow.writing.xlsx_book import Book

_FONT = "微软雅黑"
_INK, _FILL, _LINE_COLOUR = "#1F4E79", "#1F4E79", "#D0D0D0"
_BODY: Final[Look] = {"font_name": _FONT, "font_size": 10, "valign": "vcenter"}
_TITLE: Final[Look] = _BODY | {"font_size": 16, "bold": True, "font_color": _INK}
_HEADING: Final[Look] = _BODY | {"font_size": 11, "bold": True, "font_color": _INK}
_NUMBER: Final[Look] = _BODY | CENTRE | {"font_color": _INK, "bold": True}
_WORDS: Final[Look] = _BODY | WRAP
_HEADER: Final[Look] = _BODY | CENTRE | {"bold": True, "font_color": "#FFFFFF", "bg_color": _FILL}
_CELL: Final[Look] = _BODY | WRAP | {"border": 1, "border_color": _LINE_COLOUR}
_WIDTHS = (5, 32, 14, 54, 46)
_LINE, _AROUND = 15, 5

HOW = (
    "《活动》《级次》《报表》说谁、多久、几号以前报，《工作表》《栏目》《选项》说填什么，《指标》《图表》说汇总什么，《审核》说怎样查错。",
    "一行说一件事。第1行是提示，第2行是表头，从第3行起填。表头不要改名，先后可以调，不用的栏可以删。",
    "把鼠标放在表头上，会看到这一栏填什么、空着算什么。大多数栏可以空着，空着用常用的办法。",
    "上方的＋号里收着少用的栏，点开就能填；收着、点开，程序都照样读。",
    "有下拉列表的从列表里选。一格里填几项的，用“、”分开。是、否以外还能写条件的栏，照下面的写法写。",
    "先填《级次》《报表》，再填《工作表》《栏目》《选项》，最后填《指标》《审核》。名称写在哪里，后面就从哪里选。",
    "代码一栏不用填。改名时把原来的名称写进“旧名称”，数据接着用；不用的栏、选项不要删行，填“停用版本”。",
    "不要合并单元格，不要在数据格里写 Excel 公式。要留给自己看的表，把表名改成“_”开头，程序不读。",
    "空着的格，指标、条件和审核读法不同：[状态]<>“在岗”，状态空着的一行，指标照数，审核不提（空着本身另有一条意见）。",
    "填完交给程序检查：sheetflow campaign check 文件。错在哪张表哪一格、该怎么改，一次全说出来。",
    "没有错了就可以用：sheetflow campaign use 文件，空白报表、下拉列表、审核、汇总、情况报告都照这里的来。",
)

FORMS_OF_SPEECH = (
    (
        "计数(表, 条件)",
        "指标、审核",
        "表里符合条件的有几行；条件可以不写",
        '计数(检查记录, [检查类别]="专项检查")',
    ),
    (
        "合计(表, [栏], 条件)",
        "指标、审核",
        "把一栏（几栏用 + 连起来）加起来",
        "合计(检查记录, [发现隐患（处）])",
    ),
    ("指标/指标", "指标", "比率；只能用上面各行的指标", "Z05/Z04"),
    ("达到(指标, 数)", "指标", "指标不小于这个数的单位有几个", "达到(Z04, 1)"),
    ("已报单位()、应报单位()", "指标", "报了（零报告不算）的、应当报的单位有几个", "已报单位()"),
    ("且、或、非", "各处", "条件连起来；可以加括号", '[整改状态]="整改中" 且 非 [隐患类别]="其他"'),
    (
        "= <> > < >= <=",
        "各处",
        "比较；文字只用 = 和 <>，{ } 里写几个就是其中之一",
        '[整改状态]={"已整改","登记有误"}',
    ),
    (
        "[引用栏].[栏]",
        "审核、指标、不计入",
        "引用栏指向的那一行里的栏",
        '[复查的隐患].[整改状态]="已整改"',
    ),
    ("含([栏], 值)", "审核", "多选的栏里有没有这一项", '含([参加部门], "消防")'),
    ("字数([栏])", "审核", "填了几个字", "字数([隐患内容])>=5"),
    (
        "上期[栏]、新增()",
        "审核",
        "同一编号上期填的；这一行是不是本期新增的",
        "[整改期限]>=上期[整改期限]",
    ),
    ("上期(指标)", "审核", "这个指标上期的数；“对每一行”空着时用", "Z04>=上期(Z04)"),
    (
        "期初(n)、期末(n)",
        "审核",
        "往前数 n 期的第一天、最后一天；n 不写是本期",
        "[登记日期]>=期初(1)",
    ),
    (
        "不重复([栏], …)",
        "审核",
        "这几栏合起来不能有两行一样；只写在“应当满足”里",
        "不重复([所在单位], [隐患内容])",
    ),
    (
        "有对应行(表, [引用栏], 条件)",
        "审核",
        "另一张表里要有一行指向这一行；只写在“应当满足”里",
        "有对应行(检查记录, [复查的隐患])",
    ),
)
"""Each way of saying something: how, where, what it means, an example."""


def write_guide(book: Book) -> None:
    """Write the sheet 说明."""
    sheet = book.file.add_worksheet(UNREAD)
    sheet.hide_gridlines(2)
    sheet.set_landscape()
    sheet.set_paper(9)
    sheet.set_margins(left=0.5, right=0.5, top=0.6, bottom=0.7)
    sheet.fit_to_pages(1, 0)
    sheet.set_footer("&C&9&A 第&P页")
    for place, width in enumerate(_WIDTHS):
        sheet.set_column(place, place, width)
    sheet.set_row(0, 34)
    sheet.write_string(0, 0, "怎样填这个工作簿", book.look(_TITLE))
    row, whole = 1, sum(_WIDTHS[1:])
    for number, words in enumerate(HOW, start=1):
        sheet.write_number(row, 0, number, book.look(_NUMBER))
        sheet.merge_range(row, 1, row, len(_WIDTHS) - 1, words, book.look(_WORDS))
        sheet.set_row(row, lines_of(words, whole) * _LINE + _AROUND)
        row += 1
    sheet.set_row(row, 30)
    sheet.write_string(
        row, 0, "条件、公式和审核的写法（栏目写在 [ ] 里，文字写在引号里）", book.look(_HEADING)
    )
    row += 1
    sheet.set_row(row, 20)
    for place, header in enumerate(("", "写法", "用在", "意思", "例子")):
        sheet.write_string(row, place, header, book.look(_HEADER))
    for number, cells in enumerate(FORMS_OF_SPEECH, start=1):
        row += 1
        sheet.write_number(row, 0, number, book.look(_CELL | CENTRE))
        for place, words in enumerate(cells, start=1):
            sheet.write_string(row, place, words, book.look(_CELL))
        wanted = zip(cells, _WIDTHS[1:], strict=True)
        sheet.set_row(row, max(lines_of(words, width) for words, width in wanted) * _LINE + _AROUND)
