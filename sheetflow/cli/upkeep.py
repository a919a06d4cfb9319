"""The commands that keep the office going: remind, doctor, backup, restore, purge."""

from __future__ import annotations

import json
from collections import Counter
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from sheetflow.cli.commands import Call, app, opened_office, period_named
from sheetflow.cli.screen import SCREEN, say

if TYPE_CHECKING:
    from sheetflow.service.examining import Line
    from sheetflow.service.reminding import Reminders

_COLOURS = {"ok": "green", "warning": "yellow", "fault": "red"}


@app.command()
def remind(
    context: typer.Context,
    period: Annotated[
        str, typer.Option(help="The report period (default: the last one that has ended).")
    ] = "",
) -> None:
    """Send 催报 to whoever is missing, once a day at most; the 填报 workbook is attached."""
    from sheetflow.service.reminding import remind as remind_missing
    from sheetflow.service.sending import send_unless_served

    wanted = period_named(period) if period else None
    with opened_office(context) as office:
        reminders = remind_missing(office, wanted)
        sent = send_unless_served(office)
    for line in _reminder_lines(reminders):
        say(line)
    if reminders.queued or reminders.told:
        say(f"已发信{sent.sent}封。" if sent else "正在值守的服务会马上把信发出。")


def _reminder_lines(reminders: Reminders) -> list[str]:
    label = reminders.period.label
    if not reminders.missing:
        return [f"{label}：已经收齐，没有要催报的。"]
    lines = [f"{label}：没有接收的{len(reminders.missing)}个，这次催报{len(reminders.queued)}个。"]
    for row in reminders.missing:
        unit = row.unit
        done = "没有邮箱，请打电话"
        if unit.unit_id in reminders.queued:
            done = "已催报"
        elif unit.unit_id in reminders.repeated:
            done = "今天已经催过"
        lines.append(f"　{unit.unit_id} {unit.name}（{row.state.label}）：{done}")
    if reminders.told:
        names = "、".join(unit.name for unit in reminders.told)
        lines.append(f"名单已告知上级：{names}")
    return lines


@app.command()
def doctor(
    context: typer.Context,
    *,
    health: Annotated[
        bool, typer.Option("--health", help="Only whether `watch` lives: exit 0, else 1.")
    ] = False,
    as_json: Annotated[bool, typer.Option("--json", help="Print one JSON object.")] = False,
) -> None:
    """Look at folders, rights, mail server, fonts, clock …: what is wrong, how to mend it."""
    from sheetflow.service.examining import Grade, examine

    call: Call = context.obj
    if health:
        raise typer.Exit(_tell_health(call.root, as_json=as_json))
    lines = examine(call.root, call.at)
    counts = Counter(line.grade for line in lines)
    if as_json:
        document = {
            "faults": counts[Grade.FAULT],
            "warnings": counts[Grade.WARNING],
            "lines": [line.as_json() for line in lines],
        }
        typer.echo(json.dumps(document, ensure_ascii=False, indent=2))
    else:
        for line in lines:
            _print_line(line)
        say("，".join(f"{grade.label}{counts[grade]}" for grade in Grade))
    if counts[Grade.FAULT]:
        raise typer.Exit(1)


def _print_line(line: Line) -> None:
    SCREEN.print(f"{line.grade.label} ", style=_COLOURS[line.grade.value], end="")
    say(f"{line.topic}：{line.found}")
    if line.remedy:
        say(f"　　 → {line.remedy}")


def _tell_health(root: Path, *, as_json: bool) -> int:
    from sheetflow.config.workspace import open_workspace
    from sheetflow.service.clock import Clock
    from sheetflow.service.health import check_health

    workspace, _ = open_workspace(root)
    verdict = check_health(workspace, Clock.on_disk())
    if as_json:
        document = {"healthy": verdict.is_well, "message": verdict.sentence}
        typer.echo(json.dumps(document, ensure_ascii=False))
    else:
        say(verdict.sentence)
    return 0 if verdict.is_well else 1
