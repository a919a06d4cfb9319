"""Campaign workbooks as files: a new one, the one in force written out, one read and checked.

A file that is there is never written over. Foreign ones are read in a limited child; what is wrong with
them is told cell by cell, as of any workbook that comes in.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path
from types import MappingProxyType

from sheetflow.children import Limits, Pool
from sheetflow.children.definition_task import read_definition
from sheetflow.config.kept_campaigns import template_kept
from sheetflow.definition.exporting.campaign import rows_of, template_name
from sheetflow.definition.faults import DefinitionFault
from sheetflow.definition.starter import starter_tables
from sheetflow.durable import EVERYBODYS, write_whole
from sheetflow.errors import DeclarationError, UnreadableError, WorkspaceError
from sheetflow.schemas.campaign import Campaign
from sheetflow.schemas.catalogue import GENERAL
from sheetflow.schemas.declared_json import load_campaign_json
from sheetflow.writing.definition_workbook import write_definition

_XLSX = ".xlsx"
_ANNEX = "_附件.docx"
_OPEN_IT = "请在 Excel 里打开原来的活动工作簿，去掉打开密码，另存为 .xlsx 文件再检查。"


@dataclass(frozen=True, slots=True, kw_only=True)
class Definition:
    """A campaign workbook that was read: its campaign, or None and what is wrong.

    `templates` are the Word templates that it names, by sha256; `content` are its bytes.
    """

    content: bytes
    campaign: Campaign | None = None
    faults: tuple[DefinitionFault, ...] = ()
    hints: tuple[DefinitionFault, ...] = ()
    templates: Mapping[str, bytes] = field(default_factory=lambda: MappingProxyType({}))


def write_new(path: Path, *, blank: bool = False) -> None:
    """Write a small campaign workbook to begin with; raise WorkspaceError where something lies there."""
    _check_name(path)
    _put(path, write_definition(starter_tables(blank=blank)))


def read_campaign_workbook(path: Path) -> Definition:
    """Read and compile the campaign workbook at `path`.

    Raise WorkspaceError where it is not there or cannot be read, and what ends a child.
    """
    try:
        content = path.read_bytes()
    except FileNotFoundError:
        raise WorkspaceError(f"找不到文件 {path}。请检查路径。") from None
    except IsADirectoryError:
        raise WorkspaceError(f"{path} 是文件夹。请写明里面的活动工作簿，如 活动.xlsx。") from None
    except OSError as error:
        reason = error.strerror or type(error).__name__
        raise WorkspaceError(f"{path} 打不开（{reason}）。请检查路径和权限。") from error
    with Pool(1, Limits()) as pool:
        try:
            reply = pool.call(read_definition, str(path.absolute()))
        except UnreadableError as error:
            wrong = GENERAL[error.reason].wrong.format(**error.details)
            fault = DefinitionFault(message=f"{wrong}。{_OPEN_IT}")
            return Definition(content=content, faults=(fault,))
    campaign = load_campaign_json(reply.campaign) if reply.campaign else None
    return Definition(
        content=content,
        campaign=campaign,
        faults=reply.faults,
        hints=reply.hints,
        templates=reply.templates,
    )


def export_campaign(campaign: Campaign, path: Path, form: str = "", kept: str = "") -> list[Path]:
    """Write a campaign as a workbook, its Word templates and the notice's annex beside it; name what was written.

    With `form`, a key or a title, that form alone. `kept` is the folder in which its templates are. Raise
    DeclarationError naming what the layout cannot say, WorkspaceError where something lies there.
    """
    from sheetflow.reporting.annex import write_annex

    _check_name(path)
    if form:
        found = tuple(each for each in campaign.forms if form in {each.key, each.title})
        if not found:
            known = "、".join(f"{each.key}（{each.title}）" for each in campaign.forms)
            raise WorkspaceError(f"没有报表 {form}。--form 可以填：{known}。")
        campaign = replace(
            campaign,
            forms=found,
            rules={key: rules for key, rules in campaign.rules.items() if key == found[0].key},
        )
    annex = path.with_name(path.stem + _ANNEX)
    contents = {path: write_definition(rows_of(campaign)), annex: write_annex(campaign)}
    for each in campaign.forms:
        if each.template:
            content = template_kept(kept, each.template)
            if content is None:
                raise DeclarationError(
                    f"《{each.title}》的情况报告模板不在了，没有导出。请运行 doctor。"
                )
            contents[path.with_name(template_name(each))] = content
    taken = [each.name for each in contents if each.exists()]
    if taken:
        raise WorkspaceError(f"{'、'.join(taken)} 已经有了，没有改动。请换一个名称或文件夹。")
    for place, content in contents.items():
        _put(place, content)
    return list(contents)


def _check_name(path: Path) -> None:
    if path.suffix.casefold() != _XLSX:
        raise WorkspaceError(f"活动工作簿的名称应以 .xlsx 结尾，不是 {path.name}。")


def _put(path: Path, content: bytes) -> None:
    """Write a file where none is."""
    if path.exists():
        raise WorkspaceError(f"{path} 已经有了，没有改动。请换一个名称，或者先把它移走。")
    try:
        write_whole(path, content, mode=EVERYBODYS)
    except OSError as error:
        reason = error.strerror or type(error).__name__
        raise WorkspaceError(
            f"写不到 {path}（{reason}）。请检查文件夹、权限和磁盘空间。"
        ) from error
