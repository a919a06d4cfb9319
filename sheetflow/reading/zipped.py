"""Opens a zip container without trusting it.

This module owns the limits on parts and sizes, and the checks on structure: no
duplicate or overlapping parts, no names that climb, no part that inflates to
more than it declares, every CRC right. It refuses to know what the parts mean.
"""

from __future__ import annotations

import io
import struct
import zipfile
import zlib
from collections.abc import Callable, Iterable, Mapping

from sheetflow.errors import UnreadableError

MAX_PARTS = 2_000
MAX_PART_BYTES = 256 * 1024**2
MAX_TOTAL_BYTES = 400 * 1024**2

_LOCAL_HEADER = struct.Struct("<4s22xHH")
_ENCRYPTED = 0x1


def read_parts(
    data: bytes, wanted: Callable[[str], bool]
) -> tuple[frozenset[str], dict[str, bytes]]:
    """Verify every part of the container and return all names, and the wanted parts inflated.

    Names use ``/`` (some programs write backslashes). Raise UnreadableError: file-damaged,
    file-too-large, file-hostile or file-encrypted.
    """
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            members = [member for member in archive.infolist() if not member.is_dir()]
            end_of_parts = archive.start_dir
    except (zipfile.BadZipFile, NotImplementedError, ValueError, OverflowError, EOFError) as error:
        raise UnreadableError("file-damaged") from error
    except struct.error as error:
        raise UnreadableError("file-damaged") from error
    _check_sizes(members)
    names = [_safe_name(member.filename) for member in members]
    if len({name.casefold() for name in names}) < len(names):
        raise UnreadableError("file-hostile")
    starts = _check_layout(data, members, end_of_parts)
    kept: dict[str, bytes] = {}
    for name, member, start in zip(names, members, starts, strict=True):
        content = _inflated(data, member, start)
        if wanted(name):
            kept[name] = content
    return frozenset(names), kept


def pack(parts: Mapping[str, bytes]) -> bytes:
    """Put verified parts into a plain container, uncompressed, for the parser to read.

    The parser then sees exactly what was checked, whatever tricks the original played.
    """
    target = io.BytesIO()
    with zipfile.ZipFile(target, "w", zipfile.ZIP_STORED) as archive:
        for name, content in parts.items():
            archive.writestr(zipfile.ZipInfo(name), content)
    return target.getvalue()


def _check_sizes(members: list[zipfile.ZipInfo]) -> None:
    total = sum(member.file_size for member in members)
    largest = max((member.file_size for member in members), default=0)
    if len(members) > MAX_PARTS or largest > MAX_PART_BYTES or total > MAX_TOTAL_BYTES:
        raise UnreadableError("file-too-large")


def _safe_name(name: str) -> str:
    name = name.replace("\\", "/")
    if name.startswith("/") or ":" in name or "\x00" in name or ".." in name.split("/"):
        raise UnreadableError("file-hostile")
    return name


def _check_layout(data: bytes, members: Iterable[zipfile.ZipInfo], end_of_parts: int) -> list[int]:
    """Return where each member's bytes start; refuse members that share bytes."""
    starts: list[int] = []
    spans: list[tuple[int, int]] = []
    for member in members:
        if member.flag_bits & _ENCRYPTED:
            raise UnreadableError("file-encrypted")
        try:
            magic, name_size, extra_size = _LOCAL_HEADER.unpack_from(data, member.header_offset)
        except struct.error as error:
            raise UnreadableError("file-damaged") from error
        if magic != b"PK\x03\x04":
            raise UnreadableError("file-damaged")
        start = member.header_offset + _LOCAL_HEADER.size + name_size + extra_size
        starts.append(start)
        spans.append((member.header_offset, start + member.compress_size))
    spans.sort()
    limits = [following for following, _ in spans[1:]] + [end_of_parts]
    if any(end > limit for (_, end), limit in zip(spans, limits, strict=bool(spans))):
        raise UnreadableError("file-hostile")
    return starts


def _inflated(data: bytes, member: zipfile.ZipInfo, start: int) -> bytes:
    packed = memoryview(data)[start : start + member.compress_size]
    if member.compress_type == zipfile.ZIP_STORED:
        content = bytes(packed)
    elif member.compress_type == zipfile.ZIP_DEFLATED:
        inflater = zlib.decompressobj(-zlib.MAX_WBITS)
        try:
            content = inflater.decompress(packed, member.file_size + 1)
        except zlib.error as error:
            raise UnreadableError("file-damaged") from error
        if len(content) > member.file_size:
            raise UnreadableError("file-hostile")
    else:
        raise UnreadableError("file-damaged")
    if len(content) != member.file_size or zlib.crc32(content) != member.CRC:
        raise UnreadableError("file-damaged")
    return content
