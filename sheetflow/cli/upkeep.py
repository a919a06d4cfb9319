"""The commands that keep the office going: remind, mail, doctor, backup and so on."""

from __future__ import annotations

import datetime as dt
from collections import Counter
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from sheetflow.cli.commands import (
    AsJson,
    Call,
    FormOption,
    PeriodOption,
    app,
    form_named,
    opened_context,
    period_named,
)
from sheetflow.cli.screen import (
    SCREEN,
    complain,
    is_agreed,
    say,
    say_json,
    say_wrapped,
    steps_shown,
)
from sheetflow.consolidation.states import OUTSTANDING, names_of

if TYPE_CHECKING:
    from sheetflow.upkeep.remind import Reminders

_MOST_NAMED = 20
_COLOURS = {"ok": "green", "warning": "yellow", "fault": "red"}


@app.command()
def remind(
    ctx: typer.Context,
    period: Annotated[
        str, typer.Option(help="The report period (default: the last one that has ended).")
    ] = "",
    form: FormOption = "",
) -> None:
    """Send 催报 to whoever is missing, once a day at most; the 填报 workbook is attached."""
    from sheetflow.mail.send import send_unless_served
    from sheetflow.upkeep.remind import remind as remind_missing

    with opened_context(ctx) as context:
        chosen = form_named(context, form)
        wanted = period_named(context, period, chosen) if period else None
        reminders = remind_missing(context, wanted, chosen)
        sent = send_unless_served(context)
    for part in reminders:
        for line in _reminder_lines(part):
            say(line)
    if any(part.queued or part.superiors for part in reminders):
        say(f"已发信{sent.sent}封。" if sent else "正在值守的服务会马上把信发出。")


def _reminder_lines(reminders: Reminders) -> list[str]:
    label = reminders.label
    if not reminders.missing:
        return [f"{label}：已经收齐，没有要催报的。"]
    lines = [
        f"{label}：{OUTSTANDING}的{len(reminders.missing)}个，这次催报{len(reminders.queued)}个。"
    ]
    names = names_of(reminders.missing)
    for row in reminders.missing:
        unit = row.unit
        done = "没有邮箱，请打电话"
        if unit.unit_id in reminders.queued:
            done = "已催报"
        elif unit.unit_id in reminders.repeated:
            done = "今天已经催过"
        lines.append(f"　{unit.unit_id} {names[unit.unit_id]}（{row.state.label}）：{done}")
    if reminders.superiors:
        told = "、".join(unit.name for unit in reminders.superiors)
        lines.append(f"名单已告知上级：{told}")
    return lines


@app.command()
def calendar(
    ctx: typer.Context,
    *,
    days: Annotated[int, typer.Option(min=1, max=400, help="So many days back, and ahead.")] = 45,
    as_json: AsJson = False,
) -> None:
    """List what the service did by the clock, and what it will do when."""
    from sheetflow.upkeep.agenda import agenda

    with opened_context(ctx) as context:
        found = agenda(context, days)
    if as_json:
        say_json(
            {
                "on": found.is_on,
                "done": [line.as_json() for line in found.done],
                "coming": [line.as_json() for line in found.coming],
            }
        )
        return
    if not found.is_on:
        say(
            "日程没有启用（sheetflow.toml 的 [calendar] on = false），下面发给各单位的都不会自动做；备份和给管理员的信照做。"
        )
    for title, lines in (("已经做的", found.done), ("接下来", found.coming)):
        say(f"{title}（{days}天）：" + ("" if lines else "没有"))
        for line in lines:
            note = f"（{line.note}）" if line.note else ""
            say_wrapped(f"　{line.at:%Y-%m-%d %H:%M}　{line.what}{note}")


@app.command()
def doctor(
    ctx: typer.Context,
    *,
    health: Annotated[
        bool, typer.Option("--health", help="Only whether `watch` lives: exit 0, else 1.")
    ] = False,
    as_json: AsJson = False,
) -> None:
    """Look at folders, rights, mail server, fonts, clock …: what is wrong, how to mend it."""
    from sheetflow.config.workspace import open_workspace
    from sheetflow.context import Clock
    from sheetflow.context.running import check_health

    call: Call = ctx.obj
    if health:
        verdict = check_health(open_workspace(call.root)[0], Clock.on_disk())
        if as_json:
            say_json({"healthy": verdict.is_well, "message": verdict.sentence}, indent=None)
        else:
            say(verdict.sentence)
        raise typer.Exit(0 if verdict.is_well else 1)
    from sheetflow.upkeep.doctor import examine
    from sheetflow.upkeep.machine import Grade

    lines = examine(call.root, call.at)
    counts = Counter(line.grade for line in lines)
    if as_json:
        say_json(
            {
                "faults": counts[Grade.FAULT],
                "warnings": counts[Grade.WARNING],
                "lines": [asdict(line) for line in lines],
            }
        )
    else:
        for line in lines:
            SCREEN.print(f"{line.grade.label} ", style=_COLOURS[line.grade.value], end="")
            say(f"{line.topic}：{line.found}")
            if line.remedy:
                say_wrapped(f"　　 → {line.remedy}")
        say("，".join(f"{grade.label}{counts[grade]}" for grade in Grade))
    if counts[Grade.FAULT]:
        raise typer.Exit(1)


@app.command()
def backup(
    ctx: typer.Context,
    file: Annotated[Path, typer.Argument(help="The file to write; an older one is replaced.")],
) -> None:
    """Save everything that cannot be made again into one file, also while `watch` runs."""
    from sheetflow.service.back_up import back_up

    with opened_context(ctx) as context:
        done = back_up(context, file)
    say(f"已备份到 {file}（{len(done.files)}个文件）。里面有个人信息，请妥善保管。")
    if done.missing:
        complain(
            f"有{len(done.missing)}份原件不在存档里或者已经损坏，备份里也没有。请运行 doctor。"
        )
        raise typer.Exit(1)


@app.command()
def restore(
    ctx: typer.Context,
    file: Annotated[
        Path | None, typer.Argument(help="A file that `backup` wrote.", show_default=False)
    ] = None,
    *,
    force: Annotated[
        bool, typer.Option("--force", help="Set an existing state aside and take its place.")
    ] = False,
    from_archive: Annotated[
        bool,
        typer.Option(
            "--from-archive",
            help="Judge the archived originals again, after those that FILE knows, if given.",
        ),
    ] = False,
) -> None:
    """Bring a backup back into the workspace's folder (-C), or make the database again."""
    from sheetflow.errors import RequestError
    from sheetflow.upkeep.restore import restore as bring_back

    call: Call = ctx.obj
    if from_archive:
        _recover(call, file, force=force)
        return
    if file is None:
        raise RequestError("请写明备份文件；没有备份的，请用 restore --from-archive 由存档重建。")
    done = bring_back(call.root, file, force=force, at=call.at)
    say(f"已恢复{done.files}个文件（备份时间 {done.made_at}）。")
    if done.aside:
        say(f"原有的文件移到了 {done.aside}，确认不要后请自行删除，里面有个人信息。")
    if done.unknown_files:
        say(
            f"答复文件夹里有{len(done.unknown_files)}个文件与备份不符（备份以后发布的，或者有人改过），"
            "都不会动；有新的一份时放在旁边（名称末尾有“_新”）："
        )
        for name in done.unknown_files[:_MOST_NAMED]:
            say(f"　{name}")
        if len(done.unknown_files) > _MOST_NAMED:
            say(f"　……等{len(done.unknown_files)}个")
    if done.was_on_server:
        say(
            "备份时数据库在服务器上；恢复出来的是文件 state/sheetflow.db，sheetflow.toml 里 [store] 的 url 已经清空。"
            "要再用服务器，请先用 sheetflow store copy 复制到一个空的数据库，再把它写进 url。"
        )
    say(f"要重新发布的文件{done.to_publish}个。下一步：运行 doctor 检查，再运行 run 或 watch。")


def _recover(call: Call, backup: Path | None, *, force: bool) -> None:
    from sheetflow.cli.summaries import recovered_lines
    from sheetflow.upkeep.recover import recover

    with steps_shown() as steps:
        found = recover(call.root, backup=backup, force=force, at=call.at, say=steps)
    for line in recovered_lines(found):
        say(line)
    if found.aside:
        say(f"原来的数据库移到了 {found.aside}，确认不要后请自行删除，里面有个人信息。")
    say("下一步：运行 doctor 检查，再运行 run 或 watch，答复文件夹里缺的文件会重新发布。")


@app.command()
def purge(
    ctx: typer.Context,
    before: Annotated[
        dt.datetime,
        typer.Option(formats=["%Y-%m-%d"], help="Purge periods that ended before this day."),
    ],
    *,
    yes: Annotated[bool, typer.Option("--yes", help="Do it without asking.")] = False,
) -> None:
    """Remove originals and personal columns of closed periods for good; figures stay."""
    from sheetflow.upkeep.purge import plan_purge
    from sheetflow.upkeep.purge import purge as purge_all

    with opened_context(ctx) as context:
        plan = plan_purge(context, before.date())
        say(
            f"{before:%Y-%m-%d}以前："
            + ("、".join(one.label for one in plan.periods) or "没有报告期")
        )
        say(
            f"将清理原件{len(plan.fresh)}份和其中的个人信息栏目，撤下退回件等{len(plan.paths)}个文件。"
        )
        if plan.carried:
            say(
                f"有{len(plan.carried)}份暂时保留：下期的填报表要从它预填，年度结束或有了下期以后再清理。"
            )
        if not yes and not SCREEN.is_terminal:
            complain("清理以后不能恢复。确要清理，请加 --yes。")
            raise typer.Exit(1)
        if not yes and not is_agreed("清理以后不能恢复。确要清理吗？"):
            raise typer.Exit(1)
        done = purge_all(context, before.date())
    say(f"已清理原件{done.originals}份、明细{done.documents}页；重新发布{done.republished}个文件。")
    if done.leftovers:
        say(
            f"这些旧副本里还有个人信息，请自行处理：{'、'.join(done.leftovers)}。以前的备份文件也一样。"
        )
    if done.changed_by_people:
        complain(
            f"这些文件有人改过，没有动它们，里面可能还有个人信息：{'、'.join(done.changed_by_people)}。"
            "请与单位核对后自行删除，再清理一次。"
        )
        raise typer.Exit(1)


@app.command()
def export(
    ctx: typer.Context,
    period: PeriodOption,
    to: Annotated[Path, typer.Option(help="The folder to write into.")],
    level: Annotated[
        str,
        typer.Option(help="Mask personal columns as this level sees them (default: the top one)."),
    ] = "",
    form: FormOption = "",
) -> None:
    """Write the consolidated rows as CSV and as a SQLite file, one table a sheet; masks apply."""
    from sheetflow.upkeep.export import export_rows, level_named

    with opened_context(ctx) as context:
        chosen = form_named(context, form)
        wanted = period_named(context, period, chosen)
        written = export_rows(context, wanted, to, level_named(context, level), chosen)
    say(f"已导出{len(written)}个文件到 {to}（{wanted.label}）。内部资料，请妥善保管。")


@app.command()
def mail(
    ctx: typer.Context,
    numbers: Annotated[
        list[int] | None, typer.Argument(help="Send the mails of these numbers after all.")
    ] = None,
    *,
    every: Annotated[bool, typer.Option("--all", help="Send all that are listed.")] = False,
) -> None:
    """List mails that somebody did not get; with numbers, queue them again."""
    from sheetflow.mail.send import requeue, send_unless_served, troubled_mails
    from sheetflow.service.waiting import unit_words

    with opened_context(ctx) as context:
        listed = list(troubled_mails(context))
        wanted = [entry.mail_id for entry, _ in listed] if every else list(numbers or ())
        if not wanted:
            for entry, what in listed:
                whom = "、".join(entry.refused or entry.unserved)
                whose = unit_words(context, entry.unit_id)
                say_wrapped(
                    f"第{entry.mail_id}号　{whose} {what}：{entry.subject}（{whom}）：{entry.trouble}"
                )
            say(
                "要重新发送，请写上编号：sheetflow mail 编号……，或用 --all。"
                if listed
                else "没有发不出去的邮件。"
            )
            return
        requeue(context, wanted)
        sent = send_unless_served(context)
    if sent is None:
        say(f"已重新排队{len(wanted)}封。正在值守的服务会马上发出。")
        return
    say(f"已重新排队{len(wanted)}封：发出{sent.sent}封，稍后再发{sent.delayed}封。")
    if sent.held:
        say(f"还有{sent.held}封发不出去，见 sheetflow mail。")
