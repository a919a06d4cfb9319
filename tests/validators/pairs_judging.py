"""Pairs for the rules on sheets that are gathered, and on what is judged."""

from __future__ import annotations

from tests.judging.drawn import judged_ranking, judged_scores
from tests.validators.pairs import Pair

_AWAY = "@ 推荐排序 推荐顺序 4 =\n@ 推荐排序 推荐顺序 5 =\n"
_OWN = "@ 推荐论文 + | 1 | B002 | 家庭教育 | 王芳 | 主席 | 900 | 摘要 | 有新意 | 家庭教育.docx |\n"

GATHERED = (
    Pair(
        rule="gathered-unknown",
        at="推荐排序 B6",
        by=judged_ranking,
        broken="@ 推荐排序 论文编号 6 = 370103-B008",
        nearly="@ 推荐排序 论文编号 6 = 370103-B009\n@ 推荐排序 论文编号 6 = 370103-B001",
    ),
    Pair(
        rule="gathered-twice",
        at="参评论文 B5",
        by=judged_scores,
        broken="@ 参评论文 论文编号 5 = 370102-B001",
        nearly="@ 参评论文 题目 5 = 失地妇女就业",
    ),
    Pair(
        rule="gathered-withdrawn",
        at="推荐排序 B6",
        by=judged_ranking,
        broken="@ 推荐排序 论文编号 6 = 370102-B009",
        nearly="@ 推荐排序 论文编号 6 = 370103-B001",
    ),
    Pair(
        rule="gathered-number-changed",
        at="参评论文 A4",
        by=judged_scores,
        broken="@ 参评论文 评审编号 4 = N003\n@ 评分 评审编号 4 = N003",
        nearly="@ 参评论文 评审编号 5 = N003\n@ 评分 评审编号 5 = N003\n@ 评分 评审编号 6 = N003",
    ),
    Pair(
        rule="gathered-printed",
        at="推荐排序 D6",
        by=judged_ranking,
        broken="@ 推荐排序 题目 6 = 居家养老",
        nearly="@ 推荐排序 题目 6 = 社区养老　",
    ),
    Pair(
        rule="gathered-printed",
        at="参评论文 E4",
        by=judged_scores,
        broken="@ 参评论文 得分 4 = 99",
        nearly="@ 参评论文 得分 4 = 100",
    ),
    Pair(
        rule="gathered-left-out",
        at="推荐排序",
        by=judged_ranking,
        broken="@ 推荐排序 blank 6",
        nearly="@ 推荐排序 推荐顺序 6 = 3",
    ),
    Pair(
        rule="gathered-own-left-out",
        at="推荐排序",
        by=judged_ranking,
        broken=_OWN,
        nearly=f"{_OWN}@ 推荐排序 + | 3 | 370100-B002 | 济南市 | 家庭教育 | 王芳 | 摘要 |",
    ),
    Pair(
        rule="gathered-unranked",
        at="推荐排序 A3",
        by=judged_ranking,
        broken=_AWAY,
        nearly=f"{_AWAY}@ 推荐排序 推荐顺序 6 = 1",
    ),
    Pair(
        rule="gathered-order-twice",
        at="推荐排序 A5",
        by=judged_ranking,
        broken="@ 推荐排序 推荐顺序 5 = 2",
        nearly="@ 推荐排序 推荐顺序 5 = 3",
    ),
    Pair(
        rule="gathered-order-gap",
        at="推荐排序 A3",
        by=judged_ranking,
        broken="@ 推荐排序 推荐顺序 4 = 3",
        nearly="@ 推荐排序 推荐顺序 6 = 3",
    ),
)

JUDGED = (
    Pair(
        rule="judging-own-unit",
        at="评分 A7",
        by=judged_scores,
        broken="@ 评分 + | P002 | N001 | 20 | 20 | 20 | 20 | |",
        nearly="@ 评委名单 单位 5 = 山东省妇联\n@ 评分 + | P002 | N001 | 20 | 20 | 20 | 20 | |",
    ),
    Pair(
        rule="judging-unit-unknown",
        at="评委名单 C4",
        by=judged_scores,
        broken="@ 评委名单 单位 4 = 山东大学",
        nearly="@ 评委名单 单位 4 = 山东省济南市妇女联合会",
    ),
    Pair(
        rule="judging-score-twice",
        at="评分 A7",
        by=judged_scores,
        broken="@ 评分 + | P001 | N002 | 20 | 20 | 20 | 20 | |",
        nearly="@ 评分 评委 6 = P002",
    ),
    Pair(
        rule="judging-reason",
        at="参评论文 I5",
        by=judged_scores,
        broken="@ 参评论文 最终等次 5 = 三等奖",
        nearly="@ 参评论文 最终等次 5 = 三等奖\n@ 参评论文 调整理由 5 = 评委会研究",
    ),
    Pair(
        rule="judging-over-quota",
        at="参评论文 H5",
        by=judged_scores,
        broken="@ 参评论文 最终等次 5 = 一等奖\n@ 参评论文 调整理由 5 = 评委会研究",
        nearly="@ 评选设置 一等奖名额 = 2\n@ 参评论文 最终等次 5 = 一等奖",
    ),
)

JUDGING = (*GATHERED, *JUDGED)
