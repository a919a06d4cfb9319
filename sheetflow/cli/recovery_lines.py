"""What `restore --from-archive` prints: what came back, and what did not."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from sheetflow.schemas.judging import Outcome

if TYPE_CHECKING:
    from sheetflow.service.recovering import Recovered


def recovered_lines(found: Recovered) -> Iterator[str]:
    """Say in sentences what came back and what did not."""
    judged = "，".join(
        f"{Outcome(outcome).label}{count}" for outcome, count in sorted(found.outcomes.items())
    )
    base = f"备份里已有{found.known}份来件；" if found.known else ""
    yield f"已由存档重建数据库：{base}重新审核{sum(found.outcomes.values())}份（{judged or '没有'}）。"
    yield (
        "回执号按收到的先后重新编号，次序没有变的与原来相同；请抽查几份回执。"
        "以前的答复邮件视为已经发出，不再发送。"
    )
    yield (
        "重新审核的报表都按现在的指标口径计算：口径改过的，以前已截止的报告期可能与当时发布的不同，"
        "请与当时的汇总表核对。"
    )
    if found.guessed:
        yield (
            f"有{len(found.guessed)}份原件没有收取登记，按文件里写的单位挂起，单位是推断的，请核对后"
            f"放行（release）或驳回（reject）：{'、'.join(found.guessed)}。"
        )
    if found.nameless:
        yield (
            f"有{len(found.nameless)}份原件没有收取登记，也看不出是哪个单位的，只留在存档里："
            f"{'、'.join(sha256[:16] for sha256 in found.nameless)}。"
        )
    if found.missing:
        told = "；".join(
            f"{entry.unit_id} {entry.arrived_at:%Y-%m-%d %H:%M}收到" for entry in found.missing
        )
        yield f"有{len(found.missing)}份来件的原件不在存档里，没有重建，请有关单位重报：{told}。"
    if found.unsaid:
        yield f"登记簿有{found.unsaid}行读不出来，其中的来件按没有登记的原件处理。"
    if found.decisions is None:
        yield "放行、驳回和意见豁免都没有恢复，原来的记录也读不出来。请对照书面材料重新决定。"
    elif found.decisions:
        yield f"下列{len(found.decisions)}项决定没有恢复，请核对后重新决定："
        yield from (f"　{sentence}" for sentence in found.decisions)
    if found.unknown:
        yield (
            f"答复文件夹里有{found.unknown}个文件，重建的数据库还不认识。下一次处理时，"
            "与重新做出的一字不差的照旧；其余的可能有人改过，都不会动，新的一份放在旁边"
            "（名称末尾有“_新”），用 status 查看。旧的核对后移走或改名，新的就换回原名。"
        )
