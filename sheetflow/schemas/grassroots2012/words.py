"""The words that several sheets of this campaign offer in their drop-downs."""

from __future__ import annotations

YES_NO = ("是", "否")

GROUPS = (
    "失地失业妇女",
    "留守流动妇女",
    "特殊困难妇女",
    "单亲贫困母亲",
    "高龄空巢老人",
    "其他",
)
"""二 “重点调查失地失业妇女、留守流动妇女、特殊困难妇女、单亲贫困母亲、高龄空巢老人等”."""

CATEGORIES = (
    "就业创业",
    "小额担保贷款",
    "技能培训",
    "医疗健康",
    "子女教育",
    "婚姻家庭",
    "权益维护",
    "生活救助",
    "住房",
    "养老服务",
    "其他",
)

NATURES = ("普遍性倾向性", "个案性", "暂时难以解决")
"""三 “普遍性、倾向性的问题 … 个案性的 … 一时还难以解决的问题”."""

VISIT_MODES = ("一对一访谈", "实地考察", "座谈交流", "问卷征询")
"""二 “采用一对一访谈、实地考察、座谈交流、问卷征询等形式”."""

SERVICES = ("政策", "信息", "资金", "项目", "物资", "其他")
"""三 “提供政策、信息、资金、项目等服务”."""

HOTLINE = "12338"
"""The women's rights hotline: the one short number that a person can be reached at."""

WITHDRAWN = "已撤销"
"""A ledger row that should not have been: it stays in the book and leaves the figures."""
