"""The command that hands rows to analysis tools."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from sheetflow.cli.commands import FORM_HELP, app, form_named, opened_office, period_named
from sheetflow.cli.screen import say


@app.command()
def export(
    context: typer.Context,
    period: Annotated[str, typer.Option(help="The report period, like 2012B1.")],
    to: Annotated[Path, typer.Option(help="The folder to write into.")],
    level: Annotated[
        str,
        typer.Option(help="Mask personal columns as this level sees them (default: the top one)."),
    ] = "",
    form: Annotated[str, typer.Option(help=FORM_HELP)] = "",
) -> None:
    """Write the consolidated rows as CSV and as a SQLite file, one table a sheet; masks apply."""
    from sheetflow.upkeep.export import export_rows, level_named

    with opened_office(context) as office:
        chosen = form_named(office, form)
        wanted = period_named(office, period, chosen)
        written = export_rows(office, wanted, to, level_named(office, level), chosen)
    say(f"已导出{len(written)}个文件到 {to}（{wanted.label}）。内部资料，请妥善保管。")
