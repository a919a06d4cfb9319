"""What the commands print: a pass in lines, findings and standings as tables."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING

from rich.box import SIMPLE_HEAD
from rich.table import Table
from rich.text import Text

from sheetflow.cli.screen import SCREEN, say, say_wrapped
from sheetflow.consolidation.tables import State
from sheetflow.findings import Catalogue, Severity, count_places
from sheetflow.schemas.book import Judgement, Outcome
from sheetflow.units import names_told_apart

if TYPE_CHECKING:
    from sheetflow.mail.send import Sent
    from sheetflow.service.one_pass import PassReport
    from sheetflow.service.status import FormStanding, Standing

_COLOURS = {Severity.MUST: "red", Severity.VERIFY: "yellow", Severity.NOTE: "blue"}


def pass_lines(report: PassReport) -> list[str]:
    """Say in lines what one pass did."""
    outcomes = [
        f"{Outcome(outcome).label}{count}" for outcome, count in sorted(report.outcomes.items())
    ]
    lines = [
        f"收取{report.taken}份；" + ("，".join(outcomes) or "没有新的审核"),
        f"发布{report.published}个文件"
        + (f"；{mail_line(report.mail)}" if report.mail.handled else ""),
    ]
    return lines + [f"注意：{notice}" for notice in report.notices]


def mail_line(mail: Sent) -> str:
    """Say what became of mail."""
    delayed = f"，{mail.delayed}封稍后再发" if mail.delayed else ""
    held = f"，{mail.held}封发不出去，请看 status" if mail.held else ""
    return f"发信{mail.sent}封{delayed}{held}"


def print_findings(judgement: Judgement, catalogue: Catalogue) -> None:
    """Print a judgement: a table on a terminal, elsewhere a line for each finding."""
    places = count_places(judgement.findings)
    told = "，".join(f"{severity.label}{places[severity]}" for severity in Severity)
    say(f"审核结果：{judgement.outcome.label}（{told}）")
    if not SCREEN.is_terminal:
        for finding in judgement.findings:
            say(f"{finding.severity.label}　{catalogue.sentence(finding)}")
        return
    if not judgement.findings:
        return
    table = Table(show_lines=True)
    for heading in ("类别", "位置", "问题", "怎么改"):
        table.add_column(heading, overflow="fold")
    for finding in judgement.findings:
        table.add_row(
            f"[{_COLOURS[finding.severity]}]{finding.severity.label}[/]",
            _plain(finding.place.words),
            _plain(catalogue.wrong(finding)),
            _plain(catalogue.remedy(finding)),
        )
    SCREEN.print(table)


def _plain(text: str) -> Text:
    """Keep what people typed from being taken for markup."""
    return Text(text)


def print_standing(found: Standing) -> None:
    """Print who stands where, a block for each form, and what waits."""
    for part in found.forms:
        title = f"《{part.form.title}》" if len(found.forms) > 1 else ""
        _print_form(part, f"{title}{part.period.label}")
    for line in _waiting_lines(found):
        say_wrapped(line)


def _print_form(found: FormStanding, title: str) -> None:
    counts = Counter(row.state for row in found.rows)
    late = sum(1 for row in found.rows if row.late and row.state.is_in)
    say(
        f"{title}：应报{len(found.rows)}，"
        + "，".join(f"{state.label}{counts[state]}" for state in State if counts[state])
        + (f"；迟报{late}" if late else "")
    )
    table = Table(box=SIMPLE_HEAD)
    for heading in ("单位代码", "单位", "状态", "回执号"):
        table.add_column(heading, overflow="fold")
    for severity in Severity:
        table.add_column(severity.label.removesuffix("性"), justify="right")
    named = names_told_apart(row.unit for row in found.rows)
    for row in found.rows:
        if row.state is not State.ACCEPTED or row.late:
            table.add_row(
                row.unit.unit_id,
                _plain(named[row.unit.unit_id]),
                row.word,
                row.receipt,
                *(str(number or "") for number in (row.must, row.verify, row.note)),
            )
    if table.row_count:
        SCREEN.print(table)


def _waiting_lines(found: Standing) -> list[str]:
    lines = [
        f"{Outcome(entry.outcome).label}：{entry.unit_id} 回执号 {entry.receipt}，"
        f"{entry.arrived_at:%m-%d %H:%M}收到，看不出报告期"
        for entry in found.apart
    ]
    lines += [f"注意：{notice}" for notice in found.notices]
    if found.queued:
        lines.append(f"待发邮件{found.queued}封")
    return lines
