"""The commands by which a superior decides: waive, release, reject."""

from __future__ import annotations

from typing import Annotated

import typer

from sheetflow.cli.commands import app, opened_office
from sheetflow.cli.screen import say

Receipt = Annotated[str, typer.Argument(help="The receipt's number, like 370102-2012B1-1.")]
_NEXT = "已记录。正在值守的服务会马上重新处理；没有值守的，请运行 run。"


@app.command()
def waive(
    context: typer.Context,
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
    from sheetflow.upkeep import decide as deciding

    with opened_office(context) as office:
        deciding.waive(office, receipt, rule, why)
    say(_NEXT)


@app.command()
def release(
    context: typer.Context,
    receipt: Receipt,
    why: Annotated[str, typer.Option(help="The reason.")] = "",
) -> None:
    """Release a held workbook: it counts as the folder's unit's own."""
    _decide(context, receipt, "release", why)


@app.command()
def reject(
    context: typer.Context,
    receipt: Receipt,
    why: Annotated[str, typer.Option(help="The reason; its sender is told.")],
) -> None:
    """Reject a held workbook."""
    _decide(context, receipt, "reject", why)


def _decide(context: typer.Context, receipt: str, verdict: str, why: str) -> None:
    from sheetflow.upkeep.decide import decide

    with opened_office(context) as office:
        besides = decide(office, receipt, verdict, why)
    say(_NEXT)
    if besides:
        say(besides)
