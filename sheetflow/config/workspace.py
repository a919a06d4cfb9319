"""The workspace: which folder holds what, making it (``sheetflow init``), and what the package brings along.

This module owns every path below the workspace's root. It refuses to look into any
file but the settings and the list of units, and never overwrites what is there.
"""

from __future__ import annotations

import contextlib
import hashlib
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from importlib.resources import files
from importlib.resources.abc import Traversable
from pathlib import Path

from sheetflow.config.settings import Folders, Settings
from sheetflow.config.settings_file import default_settings_text, levels_named, read_settings
from sheetflow.config.stamp_key import make_stamp_key
from sheetflow.config.units_file import KeptUnits, keep_units, read_units
from sheetflow.config.units_workbook import write_units
from sheetflow.durable import make_private_folder, replace_file
from sheetflow.errors import SettingsError, WorkspaceError
from sheetflow.units import Levels, Unit, UnitTree

PRECHECK = "预审"
"""In a unit's inbox folder: what is dropped here is judged, not submitted."""


@dataclass(frozen=True, slots=True)
class Workspace:
    """The places of one workspace; inbox and outbox may lie on a share."""

    root: Path
    folders: Folders = field(default_factory=Folders)

    def __post_init__(self) -> None:
        object.__setattr__(self, "root", self.root.absolute())
        _check_apart(self)

    @property
    def settings_file(self) -> Path:
        """What the operator sets."""
        return self.root / "sheetflow.toml"

    @property
    def units_file(self) -> Path:
        """Who reports to whom."""
        return self.root / "units.xlsx"

    @property
    def templates(self) -> Path:
        """Blank master workbook, Word and mail templates."""
        return self.root / "templates"

    @property
    def inbox(self) -> Path:
        """Where units drop."""
        return self.root / _expanded(self.folders.inbox)

    @property
    def outbox(self) -> Path:
        """Where units fetch."""
        return self.root / _expanded(self.folders.outbox)

    @property
    def state(self) -> Path:
        """Ours alone: holds personal data, lies on the local disk."""
        return self.root / "state"

    @property
    def database(self) -> Path:
        """The SQLite file."""
        return self.state / "sheetflow.db"

    @property
    def kept_units(self) -> Path:
        """The last list of units that was good."""
        return self.state / "units.json"

    @property
    def archive(self) -> Path:
        """All originals, by sha256."""
        return self.state / "archive"

    @property
    def journal(self) -> Path:
        """What was received, in order; with the archive enough to make the database again."""
        return self.state / "journal"

    @property
    def stamp_key(self) -> Path:
        """The key of the tokens in the stamps of workbooks that are handed out."""
        return self.state / "stamp.key"

    @property
    def pieces(self) -> Path:
        """Rendered rows for consolidated workbooks: a cache, made anew where it is missing."""
        return self.state / "pieces"

    @property
    def maildir(self) -> Path:
        """Where mail goes while no server is set."""
        return self.state / "mail"

    @property
    def log(self) -> Path:
        """The log file."""
        return self.state / "sheetflow.log"

    @property
    def health(self) -> Path:
        """What the running service last said of itself."""
        return self.state / "health"

    @property
    def lock(self) -> Path:
        """Held by the one service that runs here."""
        return self.state / "lock"

    def inbox_of(self, unit: Unit) -> Path:
        """Where `unit` drops its workbooks."""
        return self.inbox / unit.folder

    def precheck_of(self, unit: Unit) -> Path:
        """Where `unit` drops a workbook that it only wants judged."""
        return self.inbox_of(unit) / PRECHECK

    def outbox_of(self, unit: Unit, period_id: str = "") -> Path:
        """Where `unit` finds its answers, in a folder a period where one is known."""
        folder = self.outbox / unit.folder
        return folder / period_id if period_id else folder

    def ensure_unit_folders(self, tree: UnitTree) -> tuple[Path, ...]:
        """Make what is missing of the folders of all units; give what was made or renamed.

        When a unit was renamed in the list, its folders are renamed, not made anew: the
        rights on a folder are what proves a unit's identity. A folder that somebody holds
        open keeps its old name until the next call, and is a stray one for so long. What
        stands in the way of one unit's folder stops no other: who looks at the inbox shows it.
        Raise WorkspaceError when a folder of all units is refused, or one outside the
        workspace (a share) is not there: it may not be mounted, and what units drop would not
        be found.
        """
        made: list[Path] = []
        try:
            tops = {top: self._ensured(top) for top in (self.inbox, self.outbox)}
        except OSError as error:
            raise WorkspaceError(
                f"报送或答复文件夹无法建立：{error.filename}。"
                "请检查共享文件夹是否已连接、是否有写入权限，以及磁盘空间。"
            ) from error
        for unit in tree:
            wanted = [
                (top / unit.folder, known.get(unit.unit_id, ())) for top, known in tops.items()
            ]
            for folder, of_this_unit in (*wanted, (self.precheck_of(unit), ())):
                with contextlib.suppress(OSError):
                    if not folder.parent.is_symlink():
                        made += _ensure(folder, of_this_unit)
        return tuple(made)

    def _ensured(self, top: Path) -> dict[str, tuple[Path, ...]]:
        """Make the inbox or the outbox where it is ours to make; give its folders by unit."""
        if self.root.resolve() in top.resolve().parents:
            top.mkdir(parents=True, exist_ok=True)
        return _folders_by_id(top)

    def stray_folders(self, tree: UnitTree) -> tuple[Path, ...]:
        """Folders in the inbox that belong to no unit: nobody reads what is dropped there."""
        return tuple(
            entry
            for entry in sorted(self.inbox.iterdir())
            if entry.is_dir() and not entry.name.startswith(".") and not tree.in_folder(entry.name)
        )


def open_workspace(root: Path) -> tuple[Workspace, Settings]:
    """Read the settings of the workspace at `root`; raise WorkspaceError when it is none."""
    settings_file = Workspace(root).settings_file
    if not settings_file.is_file():
        raise WorkspaceError(
            f"{root.absolute()} 不是工作文件夹（里面没有 sheetflow.toml）。"
            "请用 -C 指明工作文件夹，或先运行 sheetflow init。"
        )
    settings = read_settings(settings_file)
    return Workspace(root, settings.folders), settings


def create_workspace(
    root: Path,
    units: UnitTree | Path | None = None,
    settings_text: str = "",
    read: Callable[[Path, Levels], UnitTree] = read_units,
) -> Workspace:
    """Make a workspace at `root`, ready to run, or complete the one that is there.

    `units` is a tree, or a CSV or workbook that lists the units; without it the packaged
    list is taken. `settings_text` is for a fresh ``sheetflow.toml``; by default it says
    the defaults; `read` reads a list that is there. Nothing that exists is overwritten. Raise WorkspaceError when `root`
    holds something else, or another list of units; UnitsError for a list that
    contradicts itself, before anything is made.
    """
    bare = Workspace(root)
    _check_free(bare)
    levels = _levels_of(bare, settings_text)
    given = read_units(default_units(), levels) if units is None else units
    tree = given if isinstance(given, UnitTree) else read(given, levels)
    if bare.units_file.is_file():
        tree = _same_units(bare, None if units is None else tree, lambda path: read(path, levels))
    if not bare.settings_file.exists():
        # First, so that an init that was cut short is known again and completed.
        replace_file(bare.settings_file, (settings_text or default_settings_text()).encode())
    workspace, _ = open_workspace(root)
    is_new = not workspace.units_file.exists()
    if is_new:
        write_units(workspace.units_file, tree)
    _copy_missing(default_templates(), workspace.templates)
    try:
        make_private_folder(workspace.state)
        make_stamp_key(workspace.stamp_key)
    except OSError as error:
        raise WorkspaceError(f"无法建立 {workspace.state}。请检查文件夹权限和磁盘空间。") from error
    if is_new:  # known without reading it back
        sha256 = hashlib.sha256(workspace.units_file.read_bytes()).hexdigest()
        keep_units(workspace.kept_units, KeptUnits(sha256, tree))
    workspace.ensure_unit_folders(tree)
    return workspace


def _levels_of(workspace: Workspace, settings_text: str) -> Levels:
    """Give the levels of the campaign that the settings name, those to be written among them."""
    if workspace.settings_file.is_file():
        return read_settings(workspace.settings_file).levels
    return levels_named(settings_text or default_settings_text())


def _expanded(folder: str) -> Path:
    try:
        return Path(folder).expanduser()
    except RuntimeError as error:
        raise SettingsError(
            f"设置 [folders] 里的“{folder}”用了本机没有的帐号。请写明文件夹的完整路径。"
        ) from error


def _check_apart(workspace: Workspace) -> None:
    """Refuse an inbox that is, holds or lies in the outbox, the state or the templates."""
    places = {
        "报送文件夹（folders.inbox）": workspace.inbox,
        "答复文件夹（folders.outbox）": workspace.outbox,
        "state 文件夹": workspace.state,
        "templates 文件夹": workspace.templates,
    }
    # Resolved: a link or `..` may hide that two are one.
    resolved = {name: place.resolve() for name, place in places.items()}
    for name, place in resolved.items():
        for other, inner in resolved.items():
            if name != other and (inner == place or place in inner.parents):
                raise SettingsError(
                    f"{name}和{other}不能相同，也不能一个在另一个里面。"
                    f"请修改 {workspace.settings_file} 的 [folders]。"
                )


def _check_free(workspace: Workspace) -> None:
    root = workspace.root
    if root.exists() and not root.is_dir():
        raise WorkspaceError(f"{root} 是一个文件。请换一个文件夹。")
    ours = workspace.settings_file.exists() or all(
        # The repository's own top level: a checkout may become a workspace.
        place.is_dir()
        for place in (workspace.inbox, workspace.outbox, workspace.templates)
    )
    if root.is_dir() and not ours and any(root.iterdir()):
        raise WorkspaceError(
            f"{root} 里已有别的文件，又不是工作文件夹。为免弄乱，请换一个空文件夹。"
        )


def _same_units(
    workspace: Workspace, wanted: UnitTree | None, read: Callable[[Path], UnitTree]
) -> UnitTree:
    present = read(workspace.units_file)
    if wanted is not None and list(wanted) != list(present):
        raise WorkspaceError(
            f"{workspace.units_file} 已经有了，与这次给的名单不同，没有改动。"
            "请直接在 Excel 中修改它；要换名单，请先把它移走。"
        )
    return present


def _copy_missing(source: Traversable, target: Path) -> None:
    for path, content in _files_below(source, target):
        if not path.exists():
            replace_file(path, content.read_bytes())
    with contextlib.suppress(FileExistsError):
        target.mkdir()


def _files_below(source: Traversable, target: Path) -> Iterator[tuple[Path, Traversable]]:
    for entry in source.iterdir():
        if entry.is_dir():
            yield from _files_below(entry, target / entry.name)
        elif not entry.name.startswith((".", "~$")):
            yield target / entry.name, entry


def _folders_by_id(top: Path) -> dict[str, tuple[Path, ...]]:
    found: dict[str, tuple[Path, ...]] = {}
    for entry in top.iterdir():
        unit_id, hyphen, _ = entry.name.partition("-")
        if hyphen and entry.is_dir() and not entry.is_symlink():
            found[unit_id] = (*found.get(unit_id, ()), entry)
    return found


def _ensure(folder: Path, of_this_unit: tuple[Path, ...]) -> Iterator[Path]:
    if folder in of_this_unit or folder.is_dir():
        return
    if len(of_this_unit) == 1:
        try:
            of_this_unit[0].rename(folder)
        except OSError:  # one folder held open, or a mount point, may not stop all others
            return
    else:
        folder.mkdir()
    yield folder


DEFAULT_LIST = "shandong-2012"


def default_templates() -> Traversable:
    """Give the folder of default templates.

    In a wheel they stand in the package; in a checkout, editable or not, the one copy is
    the repository's ``templates/``, beside the package. Raise WorkspaceError when the
    installation has neither.
    """
    packaged = files("sheetflow") / "defaults" / "templates"
    if packaged.is_dir():
        return packaged
    beside = Path(__file__).resolve().parents[2] / "templates"
    if beside.is_dir():
        return beside
    raise WorkspaceError("安装不完整：找不到默认模板。请重新安装 sheetflow。")


def default_units(name: str = DEFAULT_LIST) -> Traversable:
    """Give the packaged list of units called `name`, a CSV file; see `unit_lists`."""
    listed = files("sheetflow") / "defaults" / "units" / f"units-{name}.csv"
    if not listed.is_file():
        known = "、".join(unit_lists())
        raise WorkspaceError(f"没有名为“{name}”的内置单位名单。可用的有：{known}。")
    return listed


def picture_font() -> Path:
    """Give the font file for the report's pictures: a subset with Chinese, under the OFL."""
    font = Path(str(files("sheetflow") / "defaults" / "fonts" / "SheetflowSansSC.otf"))
    if not font.is_file():
        raise WorkspaceError("安装不完整：找不到图片用的字体。请重新安装 sheetflow。")
    return font


def unit_lists() -> tuple[str, ...]:
    """Name the packaged lists of units."""
    found = (files("sheetflow") / "defaults" / "units").iterdir()
    return tuple(
        sorted(
            entry.name.removeprefix("units-").removesuffix(".csv")
            for entry in found
            if entry.name.endswith(".csv")
        )
    )
