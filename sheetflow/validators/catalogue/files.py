"""The sentences for files: why one cannot be read, and what was seen and passed.

This module owns the checks whose codes `reading` and `children` give
(`UnreadableError.reason`, `RawWorkbook.remarks`). It refuses to name any program
library; the reader of these lines fills forms, and mends them in Excel or WPS.
"""

from __future__ import annotations

from sheetflow.findings import Check, Severity

_SOURCE = "活动报表须以可正常打开的电子表格报送"
_SAVE_AS = "请用Excel或WPS表格打开，选择“另存为”，类型选“Excel 工作簿（*.xlsx）”，再重新报送"


def _unreadable(code: str, title: str, wrong: str, remedy: str) -> Check:
    return Check(
        code=code,
        severity=Severity.MUST,
        title=title,
        wrong=wrong,
        remedy=remedy,
        summary=f"{title}：文件无法读取，不予接收",
        source=_SOURCE,
    )


def _remark(code: str, title: str, wrong: str, remedy: str) -> Check:
    return Check(
        code=code,
        severity=Severity.NOTE,
        title=title,
        wrong=wrong,
        remedy=remedy,
        summary=f"{title}：仅作提示，不影响接收",
        source=_SOURCE,
    )


_DAMAGED = (
    _unreadable(
        "file-empty",
        "空文件",
        "这个文件是空的（0字节），里面没有任何内容",
        "多半是复制中断或网盘没有同步完。请在您的电脑上打开原文件，确认内容完整后重新报送",
    ),
    _unreadable(
        "file-damaged",
        "文件已损坏",
        "这个文件不完整或已经损坏，打不开",
        "请在您的电脑上打开原文件；能打开的，请“另存为”一份新文件，等保存和复制全部结束后再报送；"
        "打不开的，请用发给您的填报表重新填写",
    ),
    _unreadable(
        "file-hostile",
        "文件结构异常",
        "这个文件的内部结构不像是Excel或WPS正常保存的，为安全起见没有读取",
        "请新打开发给您的填报表，把内容复制进去（粘贴时选“值”），保存后重新报送",
    ),
)

_OTHER_KINDS = (
    _unreadable(
        "file-not-workbook",
        "不是电子表格",
        "这个文件不是能读取的电子表格（可能是Word、PDF、图片等其他文件，或者经过加密）",
        "加密的请先解密；不是电子表格的，请改报发给您的填报表，文件类型为Excel 工作簿（*.xlsx）",
    ),
    _unreadable(
        "file-archive",
        "是压缩包",
        "这个文件是压缩包，不是电子表格",
        "请先解压，再把里面的填报表直接放进报送文件夹，一个单位一个文件",
    ),
    _unreadable(
        "file-html",
        "是网页文件",
        "这个文件的内容其实是网页，不是电子表格",
        _SAVE_AS,
    ),
    _unreadable(
        "file-csv",
        "是文本文件",
        "这个文件的内容其实是纯文本（如CSV），不是电子表格，只有一张表，也没有格式",
        "请把内容填入发给您的填报表，再重新报送",
    ),
    _unreadable(
        "file-xml",
        "是XML表格",
        "这个文件是“XML 表格”格式，本系统不读取这种格式",
        _SAVE_AS,
    ),
    _unreadable(
        "file-old-excel",
        "Excel版本过旧",
        "这个文件是很旧的Excel格式（Excel 97以前），无法读取",
        _SAVE_AS,
    ),
    _unreadable(
        "file-sealed",
        "被安全软件加密",
        "这个文件被办公安全软件加了密（出了您的电脑就打不开），无法读取",
        "请在您的电脑上用加密软件把它解密（没有解密权限的，请单位的管理员解密），再把解密后的那一份放进报送文件夹",
    ),
    _unreadable(
        "file-encrypted",
        "有打开密码",
        "这个文件设了打开密码，无法读取",
        "请打开文件，在“文件—信息—保护工作簿—用密码进行加密”（WPS为“文件—文档加密”）里清空密码，"
        "保存后重新报送",
    ),
)

_TOO_LARGE = (
    _unreadable(
        "file-too-large",
        "文件过大",
        "这个文件的内容太多，超出了一张报表可能的大小",
        "请删去与报表无关的工作表、图片和空白行列；仍然过大的，请用发给您的填报表重新填写",
    ),
    _unreadable(
        "file-far-cell",
        "表格范围过大",
        "工作表《{sheet}》的内容一直延伸到{cell}，范围过大，无法读取",
        "离报表很远的地方多半误填了内容。请按Ctrl+End跳到最后一个单元格，"
        "删除报表以外的行和列，保存后重新报送",
    ),
    _unreadable(
        "file-huge-merge",
        "合并区域过大",
        "工作表《{sheet}》中合并的单元格过多（如{range}），无法读取",
        "请选中这张工作表，取消合并单元格，保存后重新报送",
    ),
)

_NOTHING_THERE = (
    _unreadable(
        "file-no-sheets",
        "没有工作表",
        "这个文件里没有可以读取的工作表",
        "请用发给您的填报表填写后重新报送",
    ),
    _unreadable(
        "file-blank",
        "没有内容",
        "这个文件的所有工作表都是空白的",
        "可能保存的是另一份空表。请打开您填写的那一份，确认有内容后重新报送",
    ),
)

_READER_ENDED = (
    _unreadable(
        "file-killed-reader",
        "读取失败",
        "读取这个文件时程序意外中断，文件可能已经损坏",
        "请在您的电脑上打开原文件，“另存为”一份新的Excel 工作簿（*.xlsx）后重新报送；"
        "再次失败的，请用发给您的填报表重新填写",
    ),
    _unreadable(
        "file-timeout",
        "读取超时",
        "读取这个文件用时过长，已经中止",
        "请删去与报表无关的工作表、图片、公式和空白行列，“另存为”一份新文件后重新报送",
    ),
    _unreadable(
        "file-outgrew-memory",
        "占用内存过多",
        "读取这个文件需要的内存过多，已经中止",
        "请删去与报表无关的工作表、图片、公式和空白行列，“另存为”一份新文件后重新报送",
    ),
)

_REMARKS = (
    _remark(
        "remark-macros",
        "含有宏",
        "这个文件含有宏（自动运行的小程序）。我们只取单元格里的数值，宏没有运行，也不会出现在任何结果里",
        "不必处理；下次报送时最好使用不含宏的填报表",
    ),
    _remark(
        "remark-external-links",
        "链接了其他文件",
        "这个文件链接了其他表格文件。我们只取文件里已保存的数值，没有去读那些文件",
        "请核对有链接的单元格，数值有出入的请直接填写数值后重新报送",
    ),
    _remark(
        "remark-ole-objects",
        "嵌入了其他文件",
        "这个文件里嵌入了其他文件或控件，它们没有被读取",
        "如其中有需要上报的内容，请填写到相应的单元格里，或者另行报送",
    ),
    _remark(
        "remark-cell-pictures",
        "单元格里有图片",
        "有的单元格里放的是图片，图片没有被读取，这些单元格按空白处理",
        "如图片里有需要上报的内容，请用文字填写",
    ),
    _remark(
        "remark-format-tells-less",
        "旧格式文件检查不全",
        "这种格式（.xls、.et、.xlsb或.ods）看不出哪些字加了删除线、上标或下标，"
        "数字按什么格式显示，哪些行被隐藏，这几项没有检查",
        "不必处理；想检查完整，请另存为Excel 工作簿（*.xlsx）后报送",
    ),
)

FILE_CHECKS: tuple[Check, ...] = (
    *_DAMAGED,
    *_OTHER_KINDS,
    *_TOO_LARGE,
    *_NOTHING_THERE,
    *_READER_ENDED,
    *_REMARKS,
)
"""Every check whose code the reading of a file can give."""
