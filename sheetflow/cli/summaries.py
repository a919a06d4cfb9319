"""What the commands print: a pass in lines, findings and standings as tables."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from rich.box import SIMPLE_HEAD
from rich.cells import cell_len
from rich.table import Table
from rich.text import Text

from sheetflow.cli.screen import SCREEN, in_lines, say, say_wrapped
from sheetflow.consolidation.states import Tally, names_of
from sheetflow.findings import Catalogue, Severity, count_places
from sheetflow.schemas.book import Judgement, Outcome

if TYPE_CHECKING:
    from sheetflow.mail.send import Sent
    from sheetflow.service.one_pass import PassReport
    from sheetflow.service.status import FormStanding, Standing
    from sheetflow.upkeep.recover import Recovered

_COLOURS = {Severity.MUST: "red", Severity.VERIFY: "yellow", Severity.NOTE: "blue"}

_LEAST = 8
"""So many columns a unit's state has at least."""

_FILED = {"filed": "归档", "held": "待确认", "refused": "未归档", "again": "重复"}


def pass_lines(report: PassReport) -> list[str]:
    """Say in lines what one pass did."""
    judged = "，".join(
        f"{outcome.label}{report.outcomes[outcome]}份"
        for outcome in Outcome
        if report.outcomes[outcome]
    )
    filed = "，".join(
        f"{word}{report.filed[outcome]}份"
        for outcome, word in _FILED.items()
        if report.filed[outcome]
    )
    lines = [
        f"收取来件{report.taken}份；"
        + (f"审核{report.outcomes.total()}份：{judged}" if judged else "没有要审核的")
        + (f"；审核单{report.reviews}份" if report.reviews else "")
        + (f"；定稿、正本{report.filed.total()}份：{filed}" if filed else ""),
        f"发布文件{report.published}个"
        + (f"；{mail_line(report.mail)}" if report.mail.handled else ""),
    ]
    return lines + [f"注意：{notice}" for notice in report.notices]


def mail_line(mail: Sent) -> str:
    """Say what became of mail."""
    delayed = f"，{mail.delayed}封稍后再发" if mail.delayed else ""
    held = f"，{mail.held}封发不出去，请看 status" if mail.held else ""
    return f"发出邮件{mail.sent}封{delayed}{held}"


def print_findings(judgement: Judgement, catalogue: Catalogue) -> None:
    """Print a judgement: a table on a terminal, elsewhere a line for each finding."""
    places = count_places(judgement.findings)
    told = "，".join(f"{severity.label}{places[severity]}" for severity in Severity)
    say(f"审核结果：{judgement.outcome.label}（{told}）")
    if not SCREEN.is_terminal:
        for number, finding in enumerate(judgement.findings, start=1):
            say(f"{number}. {finding.label}　{catalogue.sentence(finding)}")
        return
    if not judgement.findings:
        return
    table = Table(show_lines=True)
    # In one column what is short: 80 columns are needed for the sentences.
    for heading in ("序号、编号", "位置", "问题", "怎么改"):
        table.add_column(heading, overflow="fold")
    for number, finding in enumerate(judgement.findings, start=1):
        severity = (finding.label, _COLOURS[finding.severity])
        table.add_row(
            # What people typed is no markup.
            Text.assemble(f"{number} ", severity, f"\n{finding.number}"),
            Text(finding.place.words),
            Text(catalogue.wrong(finding)),
            Text(catalogue.remedy(finding)),
        )
    SCREEN.print(table)


def print_standing(found: Standing) -> None:
    """Print who stands where, a block for each form, and what waits."""
    for part in found.forms:
        title = f"《{part.form.title}》" if len(found.forms) > 1 else ""
        _print_form(part, f"{title}{part.period.label}")
    for entry in found.apart:
        say_wrapped(
            f"{Outcome(entry.outcome).label}：{entry.unit_id} 回执号 {entry.receipt}，"
            f"{entry.arrived_at:%m-%d %H:%M}收到，看不出报告期"
        )
    for notice in found.notices:
        say_wrapped(f"注意：{notice}")
    if found.queued:
        say(f"待发邮件{found.queued}封")


def _print_form(found: FormStanding, title: str) -> None:
    say_wrapped(f"{title}：{Tally.of(found.rows).told()}")
    named = names_of(found.rows)
    told = [row for row in found.rows if not row.is_plain]
    cells = [
        (
            row.unit.unit_id,
            named[row.unit.unit_id],
            row.receipt,
            *(str(number or "") for number in (row.must, row.verify, row.note)),
        )
        for row in told
    ]
    heads = ("单位代码", "单位", "回执号", *(each.label.removesuffix("性") for each in Severity))
    taken = [max(map(cell_len, column)) for column in zip(heads, *cells, strict=True)]
    # What is copied from here, and names, stand whole: where room is lacking, the state gives way.
    width = max(_LEAST, SCREEN.width - sum(taken) - 2 * (len(heads) + 1))
    table = Table(box=SIMPLE_HEAD, collapse_padding=True, pad_edge=False)
    for heading in (*heads[:2], "状态", heads[2]):
        table.add_column(heading, overflow="fold", no_wrap=heading != "状态")
    for heading in heads[3:]:
        table.add_column(heading, justify="right")
    for row, (unit_id, name, receipt, *counts) in zip(told, cells, strict=True):
        state = Text(in_lines(row.word, width))
        table.add_row(unit_id, Text(name), state, receipt, *counts)
    if table.row_count:
        SCREEN.print(table)
    for name, said in found.signed:
        say_wrapped(f"{name} {found.period.label}情况报告：{said}")


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
            f"有{len(found.guessed)}份原件没有收取登记，按文件里写的单位列为待确认，单位是推断的，请核对后"
            f"放行（release）或驳回（reject）：{'、'.join(found.guessed)}。"
        )
    if found.without_unit:
        yield (
            f"有{len(found.without_unit)}份原件没有收取登记，也看不出是哪个单位的，只留在存档里（文件校验码的开头）："
            f"{'、'.join(sha256[:16] for sha256 in found.without_unit)}。"
        )
    if found.missing:
        told = "；".join(
            f"{entry.unit_id} {entry.arrived_at:%Y-%m-%d %H:%M}收到" for entry in found.missing
        )
        yield f"有{len(found.missing)}份来件的原件不在存档里，没有重建，请有关单位重报：{told}。"
    if found.damaged_lines:
        yield f"登记簿有{found.damaged_lines}行读不出来，其中的来件按没有登记的原件处理。"
    if found.lost_decisions is None:
        yield "放行、驳回和意见豁免都没有恢复，原来的记录也读不出来。请对照书面材料重新决定。"
    elif found.lost_decisions:
        yield f"下列{len(found.lost_decisions)}项决定没有恢复，请核对后重新决定："
        yield from (f"　{sentence}" for sentence in found.lost_decisions)
    if found.unknown_files:
        yield (
            f"答复文件夹里有{found.unknown_files}个文件，重建的数据库还不认识。下一次处理时，"
            "与重新做出的一字不差的照旧；其余的可能有人改过，都不会动，新的一份放在旁边"
            "（名称末尾有“_新”），用 status 查看。旧的核对后移走或改名，新的就换回原名。"
        )
