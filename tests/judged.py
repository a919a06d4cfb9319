"""A small contest of papers, read from real documents and ranked with a tie."""

from __future__ import annotations

import datetime as dt

from sheetflow.consolidation.judged_papers import JudgedPaper, JudgedPapers
from sheetflow.reading.paper_text import read_paper
from tests.paper_files import paper

OFFICE = "济南市历城区妇联"
NAMES = ("历城区", "历城区妇联", "济南市", "济南市妇联")
AUTHORS = (("王芳",), ("李敏", "张秀英"), ("赵丽",), ("刘洋",))
TITLES = (
    "关于农村留守妇女生产生活状况的调研报告",
    "流动妇女权益保障问题研究——以历城区仲宫镇为例",
    "发挥妇女之家作用的实践与思考",
    "女大学生村官成长成才情况调查",
)
FIRST = (
    "留守妇女是农村的“半边天”。",
    "仲宫镇外来务工妇女占三成。",
    "妇女之家是妇女群众的温暖之家。",
    "大学生村官是新农村建设的新生力量。",
)
AWARDS = ("一等奖", "二等奖", "二等奖", "未获奖")
RANKS = (1, 2, 2, 4)
STAMP = dt.datetime(2012, 11, 30, 8, tzinfo=dt.UTC)


def content(place: int) -> bytes:
    """Write the paper at `place` as its author would: the last one is a PDF."""
    if place == len(TITLES) - 1:
        return b"%PDF-1.4\n%%EOF"
    who = "　".join(AUTHORS[place])
    first = AUTHORS[place][0]
    body = [
        FIRST[place],
        "一、基本情况",
        f"历城区妇联{first}同志同济南市 历城区仲宫镇的{first[0]} {first[1:]}一起走访，联系电话13812345678。",
        "（二）存在的困难",
        "历城妇联认为，在济南的妇女之家很少。",
        f"（作者单位：{OFFICE}）",
    ]
    return paper(TITLES[place], f"{OFFICE}  {who}", body, has_more=place == 1)


def contest() -> JudgedPapers:
    """Give the contest as it was decided."""
    papers = tuple(
        JudgedPaper(
            number=f"N{4 - place:03}",
            title=title,
            authors=AUTHORS[place],
            unit=OFFICE,
            names=NAMES,
            rank=RANKS[place],
            award=AWARDS[place],
            file_name=f"{title}.{'pdf' if place == len(TITLES) - 1 else 'docx'}",
            text=read_paper(content(place)),
        )
        for place, title in enumerate(TITLES)
    )
    return JudgedPapers(
        title="山东省妇联系统“下基层、访妇情、办实事”优秀调研报告",
        papers=papers,
        stamp=STAMP,
        grades=("一等奖", "二等奖", "三等奖"),
        quotas=(1, 1, None),
        judges=5,
        issuer="山东省妇女联合会",
        day=dt.date(2012, 12, 3),
    )
