#!/usr/bin/env python3
"""The look of the report template: pages, fonts and styles of GB/T 9704-2012.

Owns the styles that ``build_report_template.py`` puts into the file; sizes and distances
stand here and nowhere else.
"""

from __future__ import annotations

from dataclasses import dataclass

from docx.oxml.ns import nsdecls

FANGSONG, KAITI, HEITI, SONGTI, TITLE = (
    "仿宋_GB2312",
    "楷体_GB2312",
    "黑体",
    "宋体",
    "方正小标宋简体",
)
LATIN = "Times New Roman"
PAGE = '<w:pgSz w:w="11906" w:h="16838"/>'
MARGINS = 'w:top="2098" w:right="1474" w:bottom="1984" w:left="1588"'
LANDSCAPE_PAGE = '<w:pgSz w:w="16838" w:h="11906" w:orient="landscape"/>'
LANDSCAPE_MARGINS = 'w:top="1588" w:right="2098" w:bottom="1474" w:left="1984"'

GRID = 'w:line="579" w:lineRule="exact"'  # 28.95 pt: 22 lines a page
TIGHT = 'w:line="300" w:lineRule="exact"'
INDENT = '<w:ind w:firstLineChars="200" w:firstLine="630"/>'


def edge(side: str, size: int, color: str = "000000", space: int = 1) -> str:
    """Give one border line; `size` in eighths of a point."""
    return f'<w:{side} w:val="single" w:sz="{size}" w:space="{space}" w:color="{color}"/>'


@dataclass(frozen=True)
class Style:
    """A paragraph style: its look, and `ppr` in the order that the schema wants."""

    name: str
    font: str = FANGSONG
    half_points: int = 32
    ppr: str = ""
    color: str = ""
    spacing: int = -5
    heading: int = 0


LEFT = '<w:ind w:firstLineChars="0" w:firstLine="0"/>'
CENTRED = LEFT + '<w:jc w:val="center"/>'


def spaced(line: str, before: int = 0, after: int = 0) -> str:
    """Give exact line spacing with distances in twips."""
    return f'<w:spacing w:before="{before}" w:after="{after}" {line}/>'


def signed(right: int) -> str:
    """Set text right, `right` characters in."""
    return (
        f'<w:ind w:rightChars="{right}00" w:right="{right * 315}" w:firstLineChars="0"'
        ' w:firstLine="0"/><w:jc w:val="right"/>'
    )


STYLES = (
    Style("heading 1", HEITI, heading=1, ppr="<w:keepNext/>" + spaced(GRID) + INDENT),
    Style("heading 2", KAITI, heading=2, ppr="<w:keepNext/>" + spaced(GRID) + INDENT),
    Style("公文标题", TITLE, 44, spaced('w:line="720" w:lineRule="exact"') + CENTRED, spacing=0),
    Style("主送机关", ppr=LEFT),
    Style(
        "附件说明",
        ppr='<w:keepNext/><w:ind w:leftChars="200" w:left="2047" w:hangingChars="450" w:hanging="1417"/>',
    ),
    Style(
        "附件说明续", ppr='<w:keepNext/><w:ind w:left="1575" w:firstLineChars="0" w:firstLine="0"/>'
    ),
    Style("引导句", ppr="<w:keepNext/>"),
    Style("引导句居中", KAITI, ppr="<w:keepNext/>" + spaced(GRID, 0, 579) + CENTRED),
    Style("结束语", ppr="<w:keepNext/>"),
    Style("署名", ppr="<w:keepNext/>" + signed(4)),
    Style("成文日期", ppr=signed(4)),
    Style(
        "发文机关标志",
        TITLE,
        84,
        spaced('w:line="1440" w:lineRule="exact"', 1500) + CENTRED,
        color="FF0000",
        spacing=0,
    ),
    Style(
        "发文字号",
        ppr=f"<w:pBdr>{edge('bottom', 16, 'FF0000', 11)}</w:pBdr>"
        '<w:tabs><w:tab w:val="right" w:pos="8529"/></w:tabs>' + spaced(GRID, 1158, 1158) + LEFT,
    ),
    Style("附件序号", HEITI, ppr=LEFT),
    Style("表题", TITLE, 32, "<w:keepNext/>" + spaced(GRID) + CENTRED, spacing=0),
    Style(
        "表题另页",
        TITLE,
        32,
        "<w:keepNext/><w:pageBreakBefore/>" + spaced(GRID) + CENTRED,
        spacing=0,
    ),
    Style("表头", HEITI, 21, spaced(TIGHT) + CENTRED, spacing=0),
    Style("表格文字", SONGTI, 21, spaced(TIGHT) + CENTRED, spacing=0),
    Style("表格状态", SONGTI, 18, spaced('w:line="240" w:lineRule="exact"') + CENTRED, spacing=0),
    Style("表格数字", SONGTI, 21, spaced(TIGHT) + LEFT + '<w:jc w:val="right"/>', spacing=0),
    Style("表注", SONGTI, 18, spaced(TIGHT, 60) + LEFT, spacing=0),
    Style("案例标题", HEITI, 28, spaced('w:line="520" w:lineRule="exact"') + CENTRED, spacing=0),
    Style(
        "案例正文",
        KAITI,
        28,
        spaced('w:line="480" w:lineRule="exact"')
        + '<w:ind w:firstLineChars="200" w:firstLine="560"/>',
        spacing=0,
    ),
    Style(
        "图",
        ppr='<w:keepNext/><w:spacing w:before="120" w:after="0" w:line="240" w:lineRule="auto"/>'
        + CENTRED,
        spacing=0,
    ),
    Style(
        "图题", HEITI, 24, spaced('w:line="420" w:lineRule="exact"', 0, 120) + CENTRED, spacing=0
    ),
    Style("间隔", ppr=spaced('w:line="200" w:lineRule="exact"') + LEFT, half_points=10),
    Style(
        "版记抄送",
        half_points=28,
        ppr=spaced(GRID) + '<w:ind w:left="1120" w:right="280" w:hanging="840"/>',
        spacing=0,
    ),
    Style(
        "版记印发",
        half_points=28,
        ppr=f'<w:tabs><w:tab w:val="right" w:pos="8484"/></w:tabs>{spaced(GRID)}'
        '<w:ind w:left="280" w:firstLineChars="0" w:firstLine="0"/>',
        spacing=0,
    ),
    Style("页码单", SONGTI, 28, spaced("") + signed(1), spacing=0),
    Style(
        "页码双",
        SONGTI,
        28,
        spaced("") + '<w:ind w:leftChars="100" w:left="315" w:firstLine="0"/>',
        spacing=0,
    ),
)


def fonts(name: str) -> str:
    """Name the East Asian font, with the hint that keeps “ ” — … in it."""
    return (
        f'<w:rFonts w:hint="eastAsia" w:ascii="{LATIN}" w:hAnsi="{LATIN}" w:eastAsia="{name}"'
        f' w:cs="{LATIN}"/>'
    )


def style_xml(style: Style) -> str:
    """Give the style's definition."""
    level = f'<w:outlineLvl w:val="{style.heading - 1}"/>' if style.heading else ""
    color = f'<w:color w:val="{style.color}"/>' if style.color else ""
    style_id = f"Heading{style.heading}" if style.heading else style.name
    custom = "" if style.heading else ' w:customStyle="1"'
    following = '<w:next w:val="Normal"/>' if style.heading else ""
    return (
        f'<w:style {nsdecls("w")} w:type="paragraph" w:styleId="{style_id}"{custom}>'
        f'<w:name w:val="{style.name}"/><w:basedOn w:val="Normal"/>{following}'
        f"<w:qFormat/><w:pPr>{style.ppr}{level}</w:pPr>"
        f'<w:rPr>{fonts(style.font)}{color}<w:spacing w:val="{style.spacing}"/>'
        f'<w:sz w:val="{style.half_points}"/><w:szCs w:val="{style.half_points}"/></w:rPr></w:style>'
    )


STYLES_HEAD = (
    f"<w:styles {nsdecls('w')}><w:docDefaults><w:rPrDefault><w:rPr>{fonts(FANGSONG)}"
    '<w:sz w:val="32"/><w:szCs w:val="32"/><w:lang w:val="en-US" w:eastAsia="zh-CN"'
    ' w:bidi="ar-SA"/></w:rPr></w:rPrDefault><w:pPrDefault/></w:docDefaults>'
    '<w:style w:type="paragraph" w:default="1" w:styleId="Normal"><w:name w:val="Normal"/>'
    '<w:qFormat/><w:pPr><w:widowControl w:val="0"/>'
    '<w:overflowPunct w:val="0"/>'
    '<w:autoSpaceDE w:val="0"/><w:autoSpaceDN w:val="0"/><w:snapToGrid w:val="0"/>'
    f'<w:spacing w:before="0" w:after="0" {GRID}/>{INDENT}<w:jc w:val="both"/></w:pPr>'
    f'<w:rPr>{fonts(FANGSONG)}<w:spacing w:val="-5"/></w:rPr></w:style>'
    '<w:style w:type="character" w:default="1" w:styleId="DefaultParagraphFont">'
    '<w:name w:val="Default Paragraph Font"/><w:uiPriority w:val="1"/></w:style>'
    '<w:style w:type="character" w:customStyle="1" w:styleId="来源单位"><w:name w:val="来源单位"/>'
    f"<w:qFormat/><w:rPr>{fonts(KAITI)}</w:rPr></w:style>"
    '<w:style w:type="table" w:default="1" w:styleId="TableNormal"><w:name w:val="Normal Table"/>'
    '<w:uiPriority w:val="99"/><w:tblPr><w:tblInd w:w="0" w:type="dxa"/><w:tblCellMar>'
    '<w:left w:w="40" w:type="dxa"/><w:right w:w="40" w:type="dxa"/></w:tblCellMar></w:tblPr>'
    "</w:style>"
)
