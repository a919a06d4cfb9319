"""The pipe between parent and child: frames with a length before them, holding pickles.

This module owns the framing, the pickling of read-only mappings (which findings
hold), and the list of what may come back: a child has parsed hostile bytes, so
its answer may name classes of ours and plain values, and no function to call.
"""

from __future__ import annotations

import copyreg
import io
import pickle
import struct
from collections.abc import Callable, Mapping
from enum import Enum
from functools import lru_cache
from types import MappingProxyType
from typing import Any, BinaryIO

from sheetflow.units import Levels, UnitTree

_LENGTH = struct.Struct(">Q")
_VALUES = {
    "builtins": ("bytearray", "complex", "frozenset", "range", "set", "slice"),
    "datetime": ("date", "datetime", "time", "timedelta", "timezone"),
    "decimal": ("Decimal",),
    "pathlib": ("PosixPath", "PurePosixPath", "PureWindowsPath", "WindowsPath"),
    "sheetflow.children.definition_task": ("DefinitionReply",),
    "sheetflow.children.judge_task": ("JudgeReply",),
    "sheetflow.children.judged_tasks": ("DraftsReply",),
    "sheetflow.children.report_task": ("ReportReply",),
    "sheetflow.children.roll_up_tasks": ("WorkbookReply",),
    "sheetflow.children.signed_tasks": ("FinalReply",),
    "sheetflow.consolidation.final_check": ("Check", "Checked", "FinalCheck"),
    "sheetflow.consolidation.judged_papers": (
        *("PaperText", "TextCell", "TextParagraph", "TextTable"),
    ),
    "sheetflow.consolidation.review_sheet": ("TypedRow",),
    "sheetflow.consolidation.review_typed": ("TypedReview",),
    "sheetflow.consolidation.signed_reports": ("DraftMark", "DraftText"),
    "sheetflow.definition.faults": ("DefinitionFault",),
    "sheetflow.findings": ("Explanation", "Finding", "Place", "Severity"),
    "sheetflow.schemas.book": ("Judgement", "Outcome"),
    "sheetflow.schemas.evidence": ("EvidenceFile", "NamedFile"),
    "sheetflow.units.tree": ("Unit",),
    "sheetflow.workbook": ("Mark", "RawSheet", "RawWorkbook", "Run"),
    "sheetflow.writing.consolidated.joined": ("Piece",),
}
"""All that may come back, by module; a new reply is one more name here."""


class FrameTooLargeError(Exception):
    """The other side announces more than was agreed."""


def write_frame(stream: BinaryIO, payload: bytes) -> None:
    """Send one frame and flush it."""
    stream.write(_LENGTH.pack(len(payload)))
    stream.write(payload)
    stream.flush()


def read_frame(stream: BinaryIO, most: int) -> bytes:
    """Receive one frame of at most `most` bytes; raise EOFError when the other side is gone."""
    (length,) = _LENGTH.unpack(_exactly(stream, _LENGTH.size))
    if length > most:
        raise FrameTooLargeError
    return _exactly(stream, length)


def _exactly(stream: BinaryIO, size: int) -> bytes:
    data = stream.read(size)
    if len(data) < size:
        raise EOFError
    return data


def dumps(value: object) -> bytes:
    """Pickle `value`; read-only mappings come back as read-only mappings."""
    target = io.BytesIO()
    _Pickler(target, protocol=pickle.HIGHEST_PROTOCOL).dump(value)
    return target.getvalue()


def loads(data: bytes) -> Any:  # noqa: ANN401 - whatever the task returned
    """Unpickle what a child sent; raise pickle.UnpicklingError for anything but values."""
    try:
        return _Unpickler(io.BytesIO(data)).load()
    except pickle.UnpicklingError:
        raise
    except Exception as error:  # pickle raises what broken bytes make it raise
        raise pickle.UnpicklingError("a child sent what is no pickle") from error


def read_only(items: dict[Any, Any]) -> Mapping[Any, Any]:
    """Make the mapping that a pickled one stands for."""
    return MappingProxyType(items)


@lru_cache(maxsize=1)
def packed_tree(data: bytes) -> UnitTree:
    """Give the tree that was packed; the one that came last is still at hand."""
    rungs, units = pickle.loads(data)  # noqa: S301 - only the parent sends trees
    return UnitTree.of(units, levels=Levels(rungs))


_LAST_PACKED: list[tuple[UnitTree, bytes]] = []


def _pack_tree(tree: UnitTree) -> tuple[Callable[[bytes], UnitTree], tuple[bytes]]:
    """Pack a tree once: every request bears the same one, and a country's is large."""
    packed = next((data for known, data in _LAST_PACKED if known is tree), b"")
    if not packed:
        packed = pickle.dumps((tree.levels.rungs, tuple(tree)), pickle.HIGHEST_PROTOCOL)
        _LAST_PACKED[:] = [(tree, packed)]
    return packed_tree, (packed,)


_WAYS: dict[type, Callable[[Any], tuple[Callable[..., Any], tuple[Any, ...]]]] = {
    MappingProxyType: lambda proxy: (read_only, (dict(proxy),)),
    UnitTree: _pack_tree,
}


class _Pickler(pickle.Pickler):
    dispatch_table: Mapping[type, Any] = {**copyreg.dispatch_table, **_WAYS}

    def reducer_override(self, value: object) -> Any:  # noqa: ANN401 - as pickle declares it
        """Send a member of an enum by its value: Python 3.11.0 to 3.11.3 would call `getattr`."""
        return (type(value), (value.value,)) if isinstance(value, Enum) else NotImplemented


class _Unpickler(pickle.Unpickler):
    def find_class(self, module: str, name: str) -> Any:  # noqa: ANN401 - as pickle declares it
        if module == __name__ and name == read_only.__name__:
            return read_only
        if name in _VALUES.get(module, ()):
            return super().find_class(module, name)
        raise pickle.UnpicklingError(f"a child may not send {module}.{name}")
