"""The commands about campaign workbooks: begin one, check it, write one out, take one into use."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from sheetflow.cli.commands import Call, app, opened_context
from sheetflow.cli.screen import complain, say, say_json, say_wrapped

if TYPE_CHECKING:
    from sheetflow.definition.faults import DefinitionFault
    from sheetflow.schemas.campaign import Campaign
    from sheetflow.upkeep.campaign_against import Against
    from sheetflow.upkeep.campaign_file import Definition

campaigns = typer.Typer(
    help="Campaign workbooks: forms, columns, indicators, checks and deadlines defined in Excel.",
    no_args_is_help=True,
    add_completion=False,
)
app.add_typer(campaigns, name="campaign")

File = Annotated[Path, typer.Argument(help="The campaign workbook (.xlsx).")]
NoTrial = Annotated[
    bool,
    typer.Option("--no-trial", help="Let new and stricter checks count at once; it is recorded."),
]


@campaigns.command()
def new(
    file: Annotated[Path, typer.Argument(help="The campaign workbook to write (.xlsx).")],
    *,
    blank: Annotated[bool, typer.Option("--blank", help="Leave the example's rows out.")] = False,
) -> None:
    """Write a small campaign workbook to begin with; a file that is there stays."""
    from sheetflow.upkeep.campaign_file import write_new

    write_new(file, blank=blank)
    say(f"已写好 {file}。第一张《说明》讲怎样填；填好以后运行 campaign check {file} 检查。")


@campaigns.command()
def check(
    ctx: typer.Context,
    file: File,
    *,
    against: Annotated[
        Path | None,
        typer.Option(
            help="Compare it with what is in force in this workspace.", show_default=False
        ),
    ] = None,
    as_json: Annotated[bool, typer.Option("--json", help="Print a JSON object a line.")] = False,
) -> None:
    """Check a campaign workbook and write nothing; exit 1 where it could not be taken into use."""
    from sheetflow.upkeep.campaign_file import read_campaign_workbook

    definition = read_campaign_workbook(file)
    _tell(definition, as_json=as_json)
    campaign = definition.campaign
    if campaign is None:
        raise typer.Exit(1)
    if not as_json:
        for line in _summary(campaign):
            say_wrapped(line)
    if against is None:
        return
    from sheetflow.context import open_context
    from sheetflow.upkeep.campaign_against import weigh

    call: Call = ctx.obj
    with open_context(against, call.at) as context:
        weighed = weigh(context, campaign)
    _tell_changes(weighed, as_json=as_json)
    if weighed.is_refused:
        raise typer.Exit(1)


@campaigns.command()
def export(
    ctx: typer.Context,
    file: Annotated[Path, typer.Argument(help="The campaign workbook to write (.xlsx).")],
    form: Annotated[str, typer.Option(help="Only this form, by its key or title.")] = "",
) -> None:
    """Write the campaign in force (-C), else the built-in one, as a workbook; its annex in Word beside it."""
    from sheetflow.config.kept_campaigns import open_campaign
    from sheetflow.config.settings import Settings
    from sheetflow.config.workspace import Workspace, open_workspace
    from sheetflow.upkeep.campaign_file import export_campaign

    call: Call = ctx.obj
    name = str(Settings.model_fields["campaign"].default)
    if call.root != Path() or Workspace(call.root).settings_file.is_file():
        name = open_workspace(call.root)[1].campaign
    campaign = open_campaign(name)
    written = export_campaign(campaign, file, form, name)
    say(f"已导出“{campaign.title}”：{'、'.join(path.name for path in written)}。")


@campaigns.command()
def use(ctx: typer.Context, file: File, *, no_trial: NoTrial = False) -> None:
    """Take a campaign workbook into use in the workspace (-C), from now on; exit 1 where it cannot be."""
    from sheetflow.cli.summaries import pass_lines
    from sheetflow.upkeep.campaign_file import read_campaign_workbook
    from sheetflow.upkeep.campaign_use import follow_up, use_campaign

    call: Call = ctx.obj
    definition = read_campaign_workbook(file)
    _tell(definition, as_json=False)
    if definition.campaign is None:
        complain("没有启用：请先改正以上各处。")
        raise typer.Exit(1)
    with opened_context(ctx) as context:
        used = use_campaign(context, definition, no_trial=no_trial)
    if used.against:
        _tell_changes(used.against, as_json=False)
    for remark in used.remarks:
        say_wrapped(f"提示：{remark}")
    if not used.is_in_force:
        complain("没有启用，一切照旧：请先处理标“拒绝”的各条。")
        raise typer.Exit(1)
    title = used.campaign.title
    say(f"已启用“{title}”。" if used.is_new else f"“{title}”没有变化，本来就在使用。")
    report = follow_up(call.root, call.at)
    if report is None:
        say("正在值守的服务做完手上的一遍就换用，没有人动过的填报表会重新发放。")
        return
    for line in pass_lines(report):
        say_wrapped(line)


def _tell(definition: Definition, *, as_json: bool) -> None:
    """Print what is wrong with a campaign workbook, and what is worth a look."""
    if as_json:
        for fault in definition.faults:
            say_json(_document(fault), indent=None)
        for hint in definition.hints:
            say_json({**_document(hint), "hint": True}, indent=None)
        return
    for fault in definition.faults:
        say_wrapped(fault.sentence)
    for hint in definition.hints:
        say_wrapped(f"提示：{hint.sentence}")
    if definition.faults:
        say(f"共{len(definition.faults)}处错误。")


def _document(fault: DefinitionFault) -> dict[str, str]:
    return {
        "sheet": fault.sheet,
        "cell": fault.cell,
        "header": fault.header,
        "message": fault.message,
        "likely": fault.likely,
    }


def _summary(campaign: Campaign) -> Iterable[str]:
    """Count what the campaign declares, form by form."""
    levels = "、".join(campaign.levels.names)
    yield f"没有错误。“{campaign.title}”：报表{len(campaign.forms)}种，级次{levels}。"
    for form in campaign.forms:
        current = form.current
        columns = sum(len(sheet.columns) for sheet in current.sheets if sheet.declared)
        yield (
            f"　《{form.title}》{form.cadence.words}：工作表{len(current.sheets)}张，栏目{columns}个，"
            f"指标{len(current.indicators)}个，审核{len(form.rules)}条。"
        )


def _tell_changes(weighed: Against, *, as_json: bool) -> None:
    """Print the table of versions."""
    if as_json:
        for change in weighed.changes:
            say_json(change.document, indent=None)
        return
    if not weighed.lines:
        say("与正在使用的活动没有差别。")
    for place, words in weighed.lines:
        say_wrapped(f"{place}　{words}")
