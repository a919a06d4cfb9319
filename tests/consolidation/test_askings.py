"""Sentences that ask the superior for something are no part of a 报告."""

from __future__ import annotations

import pytest

from sheetflow.consolidation.askings import parted

ASKING = (
    "恳请省妇联帮助协调有关部门放宽贷款条件。",
    "为此，请求上级加大经费支持力度。",
    "现请求拨付专项经费5万元。",
    "请予批准。",
    "以上问题，请予以支持。",
    "妥否，请批示。",
    "希望省里解决基层妇联人员编制问题。",
    "希望上级妇联加大对贫困妇女的帮扶力度。",
    "因经费不足恳请市财政给予补助。",
    "我县妇联请求市妇联协调解决办公用房。",
    "请省妇联协调民政部门解决。",
    "望予以批准！",
    "敬请上级领导给予支持；",
    "请批复。",
    "特此请示。",
    "盼上级早日解决编制问题。",
    "希望全国妇联设立专项资金。",
    "拟请省妇联出面协调省财政厅。",
    "已解决3件，其余恳请上级支持。",
)
INNOCENT = (
    "请求帮助的妇女比上期增多。",
    "应妇女请求，区妇联出面调解。",
    "妇女群众请求妇联帮助解决孩子入学。",
    "多名女工恳请妇联协调解决欠薪。",
    "邀请市妇联领导作辅导报告。",
    "已申请批准立项。",
    "报请县委批准成立领导小组。",
    "经请示上级，及时答复了群众。",
    "提请市政府研究出台了三项政策。",
    "希望市民积极参与。",
    "妇女普遍希望增加技能培训。",
    "聘请省级专家授课。",
    "及时向上级请示汇报。",
    "接到请求后当天办理。",
    "建议上级妇联加强培训。",
    "帮助请求调解的妇女解决纠纷。",
    "她们希望妇联多办实事。",
    "县妇联请市财政局支持，落实了经费。",
    "镇妇联请县妇联协调有关部门，解决了3户的危房改造。",
    "妇女的诉求主要是：请求解决就业困难、请求救助重病。",
    "把请求落实低保的5户列入帮扶名单。",
)


@pytest.mark.parametrize("sentence", ASKING)
def test_a_request_is_taken_out(sentence: str) -> None:
    """What asks a superior for something is listed apart, and nothing else goes with it."""
    left, asked = parted(f"经费困难。{sentence}\n下一步继续走访。")
    assert asked == (sentence,)
    assert left == "经费困难。\n下一步继续走访。"


@pytest.mark.parametrize("sentence", INNOCENT)
def test_what_women_ask_for_is_no_request(sentence: str) -> None:
    """Women who ask for help, and what an office has asked already, stay in the report."""
    assert parted(f"前一句。{sentence}") == (f"前一句。{sentence}", ())


def test_what_is_left_ends_as_a_sentence() -> None:
    """A request at the end of a chain of clauses leaves no semicolon behind."""
    left, asked = parted("一是人少；二是钱少；恳请上级支持。")
    assert (left, asked) == ("一是人少；二是钱少。", ("恳请上级支持。",))
