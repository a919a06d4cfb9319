"""The workspace: which folder holds what, making it (``sheetflow init``), and what the package brings along.

This module owns every path below the workspace's root. It refuses to look into any
file but the settings and the list of units, and never overwrites what is there.
"""

from __future__ import annotations

import contextlib
import hashlib
import re
import secrets
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path

from sheetflow.config.first_units import first_units
from sheetflow.config.kept_campaigns import CAMPAIGNS
from sheetflow.config.settings import Folders, Settings
from sheetflow.config.settings_file import default_settings_text, levels_named, read_settings
from sheetflow.config.units_file import KeptUnits, keep_units, read_units
from sheetflow.config.units_workbook import write_units
from sheetflow.durable import make_private_folder, replace_file, sync_folder, write_whole
from sheetflow.errors import SettingsError, WorkspaceError
from sheetflow.schemas.layout import StampKey
from sheetflow.units import Levels, Unit, UnitTree

PRECHECK = "预审"
"""In a unit's inbox folder: what is dropped here is judged, not submitted."""
ATTACHMENTS = "附件"
"""In a unit's inbox folder, too: what is dropped here comes beside workbooks."""


@dataclass(frozen=True, slots=True)
class _Below:
    """A place below a workspace's root."""

    place: str

    def __get__(self, workspace: Workspace, _kind: object) -> Path:
        return workspace.root / self.place


@dataclass(frozen=True, slots=True)
class Workspace:
    """The places of one workspace; inbox and outbox may lie on a share."""

    root: Path
    folders: Folders = field(default_factory=Folders)

    def __post_init__(self) -> None:
        object.__setattr__(self, "root", self.root.absolute())
        _check_apart(self)

    settings_file = _Below("sheetflow.toml")
    """What the operator sets."""
    units_file = _Below("units.xlsx")
    """Who reports to whom."""
    templates = _Below("templates")
    """Blank master workbook, Word and mail templates."""
    state = _Below("state")
    """Ours alone: holds personal data, lies on the local disk."""
    database = _Below("state/sheetflow.db")
    kept_units = _Below("state/units.json")
    """The last list of units that was good."""
    archive = _Below("state/archive")
    """All originals, by sha256."""
    journal = _Below("state/journal")
    """What was received, in order; with the archive enough to make the database again."""
    campaigns = _Below(CAMPAIGNS)
    """Campaigns that came from a workbook, and which one is in force."""
    stamp_key = _Below("state/stamp.key")
    """The key of the tokens in the stamps of workbooks that are handed out."""
    guide = _Below("使用手册.docx")
    """The guide for offices, theirs to edit."""
    kept_guide = _Below("state/guide.sha256")
    """Which guide we laid last."""
    kept_templates = _Below("state/templates.sha256")
    """Which templates we laid, of this version and of those before."""
    pieces = _Below("state/pieces")
    """Rendered rows for consolidated workbooks: a cache, made anew where it is missing."""
    volume = _Below("state/volume")
    """Says whose workspace this is, to machines that have its folders on a shared volume."""
    maildir = _Below("state/mail")
    """Where mail goes while no server is set."""
    log = _Below("state/sheetflow.log")
    health = _Below("state/health")
    """What the running service last said of itself."""
    lock = _Below("state/lock")
    """Held by the one service that runs here."""

    @property
    def kept_of_laid(self) -> tuple[Path, Path]:
        """The records of what we laid for people to edit."""
        return self.kept_guide, self.kept_templates

    @property
    def inbox(self) -> Path:
        """Where units drop."""
        return self.root / _expanded(self.folders.inbox)

    @property
    def outbox(self) -> Path:
        """Where units fetch."""
        return self.root / _expanded(self.folders.outbox)

    def inbox_of(self, unit: Unit) -> Path:
        """Where `unit` drops its workbooks."""
        return self.inbox / unit.folder

    def precheck_of(self, unit: Unit) -> Path:
        """Where `unit` drops a workbook that it only wants judged."""
        return self.inbox_of(unit) / PRECHECK

    def attachments_of(self, unit: Unit) -> Path:
        """Where `unit` may drop files that come beside its workbooks; its folder takes them as well."""
        return self.inbox_of(unit) / ATTACHMENTS

    def outbox_of(self, unit: Unit, period_id: str = "") -> Path:
        """Where `unit` finds its answers, in a folder a period where one is known."""
        folder = self.outbox / unit.folder
        return folder / period_id if period_id else folder

    def ensure_unit_folders(
        self, tree: UnitTree, attaching: Callable[[Unit], bool] = lambda _unit: False
    ) -> tuple[Path, ...]:
        """Make what is missing of the folders of all units; give what was made or renamed.

        Units that are `attaching` files to what they report have a folder for these.

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
            for top in (self.inbox, self.outbox):
                if self.root.resolve() in top.resolve().parents:  # else it is not ours to make
                    top.mkdir(parents=True, exist_ok=True)
            tops = {top: _folders_by_id(top) for top in (self.inbox, self.outbox)}
        except OSError as error:
            raise WorkspaceError(
                f"报送或答复文件夹无法建立：{error.filename}。"
                "请检查共享文件夹是否已连接、是否有写入权限，以及磁盘空间。"
            ) from error
        for unit in tree:
            wanted = [
                (top / unit.folder, known.get(unit.unit_id, ())) for top, known in tops.items()
            ]
            inner = [self.precheck_of(unit)]
            inner += [self.attachments_of(unit)] if attaching(unit) else []
            for folder, of_this_unit in (*wanted, *((each, ()) for each in inner)):
                with contextlib.suppress(OSError):
                    if not folder.parent.is_symlink():
                        made += _ensure(folder, of_this_unit)
        return tuple(made)

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

    `units` is a tree, or a file that lists them; without it the packaged list is taken. `settings_text` is for
    a fresh ``sheetflow.toml``, by default the defaults; `read` reads a list that is there. Nothing
    that exists is overwritten. Raise WorkspaceError when `root` holds something else, or another
    list of units; UnitsError for a list that contradicts itself, before anything is made.
    """
    bare = Workspace(root)
    check_free(bare)
    levels = _levels_of(bare, settings_text)
    given = first_units(levels) if units is None else units
    tree = given if isinstance(given, UnitTree) else read(given, levels)
    if bare.units_file.is_file():
        present = read(bare.units_file, levels)
        if units is not None and list(tree) != list(present):
            raise WorkspaceError(
                f"{bare.units_file} 已经有了，与这次给的名单不同，没有改动。"
                "请直接在 Excel 中修改它；要换名单，请先把它移走。"
            )
        tree = present
    if not bare.settings_file.exists():
        # First, so that an init that was cut short is known again and completed.
        replace_file(bare.settings_file, (settings_text or default_settings_text()).encode())
    workspace, _ = open_workspace(root)
    is_new = not workspace.units_file.exists()
    if is_new:
        write_units(workspace.units_file, tree)
    lay_missing_templates(workspace)
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
    return levels_named(settings_text or default_settings_text(), workspace.root)


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


def check_free(workspace: Workspace) -> None:
    """Refuse a folder in which no workspace may be made: WorkspaceError."""
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


def lay_missing_templates(workspace: Workspace) -> None:
    """Put the default templates where offices edit them, those that are not there."""
    _copy_missing(default_templates(), workspace.templates)


def _copy_missing(source: Path, target: Path) -> None:
    for path in source.rglob("*"):
        copy = target / path.relative_to(source)
        if path.is_file() and not path.name.startswith((".", "~$")) and not copy.exists():
            replace_file(copy, path.read_bytes())
    target.mkdir(exist_ok=True)


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


_PACKAGED = Path(__file__).resolve().parents[1] / "defaults"


def default_templates() -> Path:
    """Give the folder of default templates; raise WorkspaceError when the installation has none.

    In a wheel they stand in the package; in a checkout, editable or not, the one copy is
    the repository's ``templates/``, beside the package.
    """
    for folder in (_PACKAGED / "templates", _PACKAGED.parents[1] / "templates"):
        if folder.is_dir():
            return folder
    raise WorkspaceError("安装不完整：找不到默认模板。请重新安装 sheetflow。")


def earlier_templates() -> frozenset[str]:
    """Give the sha256 of the templates that versions brought along before workspaces kept a record."""
    listed = _PACKAGED / "earlier_templates.txt"
    return frozenset(listed.read_text().split() if listed.is_file() else ())


def default_guide() -> Path:
    """Give the packaged guide for offices; raise WorkspaceError when the installation has none."""
    guide = _PACKAGED / "guide" / "使用手册.docx"
    if not guide.is_file():
        raise WorkspaceError("安装不完整：找不到使用手册。请重新安装 sheetflow。")
    return guide


def picture_font() -> Path:
    """Give the font file for the report's pictures: a subset with Chinese, under the OFL."""
    font = _PACKAGED / "fonts" / "SheetflowSansSC.otf"
    if not font.is_file():
        raise WorkspaceError("安装不完整：找不到图片用的字体。请重新安装 sheetflow。")
    return font


_KEY_BYTES = 32
_FILE = re.compile(rb"([0-9a-f]{64})\s*")
_MOST_READ = 256


def read_stamp_key(path: Path) -> StampKey | None:
    """Read the key of the stamps' tokens; None where there is none, WorkspaceError where it is no use."""
    try:
        with path.open("rb") as file:
            found = _FILE.fullmatch(file.read(_MOST_READ))
    except FileNotFoundError:
        return None
    except OSError as error:
        reason = error.strerror or type(error).__name__
        raise WorkspaceError(f"填报表标识的密钥 {path} 读不出（{reason}）。") from error
    if found is None:
        raise WorkspaceError(f"填报表标识的密钥 {path} 已经损坏。")
    return StampKey(bytes.fromhex(found[1].decode("ascii")))


def make_stamp_key(path: Path) -> bool:
    """Make a key where there is none, whole, durable and for our own account alone; say whether.

    Whoever makes one at the same moment: the first that is there is everybody's, and none is ever
    replaced, whatever is wrong with it. Raise OSError when refused.
    """
    if path.exists():
        return False
    draft = path.with_name(f".{path.name}.{secrets.token_hex(4)}.tmp")
    try:
        write_whole(draft, secrets.token_hex(_KEY_BYTES).encode("ascii") + b"\n")
        return _put(draft, path)
    finally:
        with contextlib.suppress(OSError):
            draft.unlink(missing_ok=True)


def _put(draft: Path, path: Path) -> bool:
    """Give the draft its name unless that is taken."""
    try:
        path.hardlink_to(draft)
    except FileExistsError:
        return False
    except OSError:  # a file system without links
        if path.exists():
            return False
        draft.rename(path)
    sync_folder(path.parent)
    return True
