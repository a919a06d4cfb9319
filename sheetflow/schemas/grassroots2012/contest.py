"""The form 调研报告评选推荐表: the papers that each unit recommends, and the order in which cities hand them up.

五 “2012年10月，全国妇联将对活动中形成的调研报告开展评选，年底进行表彰”. A paper is one of the unit's own accepted
book (调研成果). What counties recommend stands in their city's 推荐排序; what has no order there is not handed up.
"""

from __future__ import annotations

import datetime as dt
from types import MappingProxyType

from sheetflow.periods import Cadence
from sheetflow.schemas.columns import RowModel, attachment, choice, key, refers, text, whole
from sheetflow.schemas.conditions import Is, where
from sheetflow.schemas.forms import Attachments, Cover, Form, ReportSpec
from sheetflow.schemas.gathered import Gathered
from sheetflow.schemas.grassroots2012.checks import declared_checks
from sheetflow.schemas.grassroots2012.cover import HeadCard
from sheetflow.schemas.grassroots2012.words import YES_NO
from sheetflow.schemas.sheets import EXPLANATIONS, Kind, RollUp, Sheet

_SOURCE = "五：2012年10月，全国妇联将对活动中形成的调研报告开展评选"


class ContestCover(HeadCard):
    """Who recommends, and whether there is anything to recommend."""

    nil_return = choice(
        "零报告", *YES_NO, hint="没有论文可推荐的填“是”，并写明原因；有论文推荐的填“否”"
    )
    nil_reason = text("零报告说明", 200, required=where("nil_return", "是"))


CONTEST_COVER = Sheet(
    key="cover",
    title="封面",
    kind=Kind.CARD,
    declared=ContestCover.columns(),
    note="请逐项填写右侧空格",
    source=_SOURCE,
    roll_up=RollUp.NONE,
)


class Recommendation(RowModel):
    """A paper of the unit's own that it recommends."""

    order = key("推荐顺序", "", 1, hint="最想推荐的填1，其次填2，依次类推")
    paper = refers(
        "编号", "progress/papers", hint="填本单位已接收的《调研成果》中的编号，如 B001", width=12
    )
    title = text("题目", 60, hint="与《调研成果》中的题目一致", width=36)
    authors = text("作者姓名", 50, width=18)
    author_title = text("作者职务", 50, width=18)
    words = whole("字数", "字", least=1)
    summary = text("内容摘要", 800, width=50)
    reason = text("推荐理由", 500, width=40)
    file_name = attachment(
        "附件文件名", ".docx", ".pdf", hint="论文正文的文件名，与本表一起报送", width=28
    )


RECOMMENDED = Sheet(
    key="recommended",
    title="推荐论文",
    kind=Kind.FLOW,
    declared=Recommendation.columns(),
    note="一篇填一行，只填本机关干部撰写、已列入本单位《调研成果》的论文",
    source=_SOURCE,
)


class Ranked(RowModel):
    """A paper of the unit or of one below it, and the order in which it is handed up."""

    order = whole("推荐顺序", least=1, required=False, hint="不向上推荐的空着", width=12)
    entry = key("论文编号", "B", prefilled=True, hint="单位代码和编号，如 370102-B001", width=18)
    unit = text("推荐单位", 30, prefilled=True, width=20)
    title = text("题目", 60, prefilled=True, width=36)
    authors = text("作者姓名", 50, required=False, prefilled=True, width=18)
    summary = text("内容摘要", 800, required=False, prefilled=True, width=50)


RANKING = Sheet(
    key="ranking",
    title="推荐排序",
    kind=Kind.FLOW,
    declared=Ranked.columns(),
    note="本级和下级推荐的论文已自动列出，请填“推荐顺序”：最想推荐的填1，依次类推；空着的不向上推荐",
    source=_SOURCE,
    levels=frozenset({"市"}),
    gathered=Gathered(
        form="contest",
        listed="recommended",
        named="paper",
        entry="entry",
        unit="unit",
        shown=(("title", "title"), ("authors", "authors"), ("summary", "summary")),
        ranked="ranking",
        order="order",
    ),
)

CONTEST = Form(
    key="contest",
    title="调研报告评选推荐表",
    version=2,
    cadence=Cadence.ONCE,
    opens=dt.date(2012, 10, 1),
    closes=dt.date(2012, 10, 31),
    due_on=MappingProxyType(
        {"县": dt.date(2012, 10, 15), "市": dt.date(2012, 10, 24), "省": dt.date(2012, 10, 31)}
    ),
    sheets=(CONTEST_COVER, RECOMMENDED, RANKING, EXPLANATIONS),
    cover=Cover(
        sheet="cover",
        unit_id="unit_id",
        unit_name="unit_name",
        period="period",
        filled_on="filled_on",
        preparer="preparer",
        phone="phone",
        reason="correction_reason",
        correction=Is("kind", ("更正",)),
        mending=Is("kind", ("退回修改",)),
        nil=where("nil_return", "是"),
    ),
    guidance=(
        "先填《封面》，再填《推荐论文》；没有论文可推荐的，在《封面》“零报告”填“是”并写明原因。",
        "论文正文（.docx或.pdf）与本表一起报送，文件名填在“附件文件名”一栏。",
        "论文会原样报送各级上级妇联，并隐去作者和单位送评委评审，请不要在论文里写入妇女群众的真实姓名、电话和住址。",
    ),
    own_work="《推荐论文》只填本机关干部撰写的论文，不含下级的；下级推荐的已列在《推荐排序》。",
    report=ReportSpec(tables=("recommended", "ranking")),
    attachments=Attachments.OPTIONAL,  # each paper must have its own; who only ranks has none
    rules=declared_checks("contest"),
)
