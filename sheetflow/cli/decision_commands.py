"""The commands of whoever decides for superiors, and the list of what waits and what was decided.

They go the same way as a row of a 审核单 (`service.deciding`).
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

from sheetflow.cli.commands import AsJson, FormOption, app, form_named, opened_context, period_named
from sheetflow.cli.screen import say, say_json, say_wrapped

if TYPE_CHECKING:
    from sheetflow.upkeep.decisions import DecidedLine, Listed, WaitingLine

Receipt = Annotated[str, typer.Argument(help="The receipt's number, like 370102-2012B1-1.")]
_NEXT = "已记录。正在值守的服务会马上重新处理；没有值守的，请运行 run。"
_MOST_DECIDED = 20


@app.command()
def waive(
    ctx: typer.Context,
    receipt: Receipt,
    rule: Annotated[
        str,
        typer.Argument(
            help="The finding's number in 问题清单 (like 1A2B3C4D), or its rule's code."
        ),
    ],
    why: Annotated[str, typer.Option(help="The reason; it is shown upward.")],
) -> None:
    """Let one hard finding pass for one returned submission, on record."""
    from sheetflow.upkeep.decide import waive as let_pass

    with opened_context(ctx) as context:
        let_pass(context, receipt, rule, why)
    say(_NEXT)


@app.command()
def release(
    ctx: typer.Context,
    receipt: Receipt,
    why: Annotated[str, typer.Option(help="The reason.")] = "",
) -> None:
    """Release a held workbook: it counts as the folder's unit's own."""
    _decide(ctx, receipt, "release", why)


@app.command()
def reject(
    ctx: typer.Context,
    receipt: Receipt,
    why: Annotated[str, typer.Option(help="The reason; its sender is told.")],
) -> None:
    """Reject a held workbook."""
    _decide(ctx, receipt, "reject", why)


def _decide(ctx: typer.Context, receipt: str, verdict: str, why: str) -> None:
    from sheetflow.upkeep.decide import decide

    with opened_context(ctx) as context:
        besides = decide(context, receipt, verdict, why)
    say(_NEXT)
    if besides:
        say(besides)


@app.command()
def decisions(
    ctx: typer.Context,
    *,
    period: Annotated[str, typer.Option(help="Only this report period (default: all).")] = "",
    form: FormOption = "",
    as_json: AsJson = False,
) -> None:
    """List what waits for a decision, whose it is, and what was decided so far."""
    from sheetflow.upkeep.decisions import list_decisions

    with opened_context(ctx) as context:
        chosen = form_named(context, form)
        wanted = period_named(context, period, chosen) if period else None
        listed = list_decisions(context, wanted, chosen)
    if as_json:
        say_json(listed.as_json())
        return
    _print(listed)


def _print(listed: Listed) -> None:
    say(f"等待决定{len(listed.waiting)}项。" if listed.waiting else "没有等待决定的事项。")
    for each in listed.waiting:
        say_wrapped(_waits(each))
    if listed.waiting:
        say_wrapped(
            "各级在自己的审核单里决定；管理员可以用 release、reject 处理待确认的，用 waive 放行强制性意见。"
        )
    shown = listed.decided[-_MOST_DECIDED:]
    more = f"，下面是最后{len(shown)}项" if len(shown) < len(listed.decided) else ""
    say(f"已作决定{len(listed.decided)}项{more}。" if listed.decided else "还没有作过决定。")
    for entry in shown:
        say_wrapped(_was_decided(entry))


def _waits(line: WaitingLine) -> str:
    said = f"　单位说明：{line.said}" if line.said else ""
    return (
        f"　{line.number}　{line.unit}　{line.label}　"
        f"由{line.by}决定　{line.since:%Y-%m-%d}起{said}"
    )


def _was_decided(line: DecidedLine) -> str:
    decision = line.decision
    who = "、".join(filter(None, (line.by, decision.decider, decision.handler)))
    undone = "　已撤销" if line.is_undone else ""
    opinion = f"　{decision.opinion}" if decision.opinion else ""
    return (
        f"　{decision.decided_at:%Y-%m-%d %H:%M}　{decision.number}　{line.unit}　"
        f"{line.label}：{line.said}（{who}）{opinion}{undone}"
    )
