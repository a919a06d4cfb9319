"""What may come back through the pipe: values, and nothing that acts."""

from __future__ import annotations

import io
import pickle
from enum import Enum
from types import MappingProxyType

import pytest

from sheetflow.children.judge_task import JudgeReply
from sheetflow.children.wire import FrameTooLargeError, dumps, loads, read_frame, write_frame
from sheetflow.schemas.book import Judgement, Outcome
from sheetflow.workbook import RawSheet, RawWorkbook


def test_workbooks_and_mappings_come_back_equal() -> None:
    """A raw workbook made with its defaults, read-only mappings included, crosses unharmed."""
    workbook = RawWorkbook((RawSheet("甲", ((1, None, "x"),)),))
    assert loads(dumps(workbook)) == workbook
    assert isinstance(loads(dumps(workbook)).names, MappingProxyType)


def test_a_judgement_comes_back() -> None:
    """The answer to a judged file, findings and all, crosses the pipe."""
    reply = JudgeReply(judgement=Judgement(outcome=Outcome.REFUSED))
    assert loads(dumps(reply)) == reply


class _Odd(Enum):
    """A member that pickles itself as those of Python 3.11.0 to 3.11.3 do."""

    ONE = "1"

    def __reduce_ex__(self, _protocol: object) -> tuple[object, tuple[object, ...]]:
        return getattr, (type(self), self.name)


def test_a_member_of_an_enum_crosses_by_its_value() -> None:
    """Whatever way this Python has for enums, an answer with one names nothing that acts."""
    assert b"getattr" not in dumps(_Odd.ONE)
    assert pickle.loads(dumps([_Odd.ONE])) == [_Odd.ONE]  # noqa: S301 - our own


@pytest.mark.parametrize(
    "name",
    [
        "os system",
        "builtins eval",
        "builtins getattr",
        "subprocess Popen",
        "sheetflow.children.pool subprocess.Popen",
        "sheetflow.children.pool Child",
        "sheetflow.workbook column_letters",
        "sheetflow.workbook dataclass",
        "sheetflow.units Iterable",
        "sheetflow.reading.file_type StrEnum",
        "sheetflow.reading.reader io.BytesIO",
        "collections _sys",
    ],
)
def test_nothing_that_acts_is_loaded(name: str) -> None:
    """No function, and no class that is not a value of ours, is found for an answer."""
    module, _, attribute = name.partition(" ")
    reference = b"\x80\x04" + pickle.SHORT_BINUNICODE + bytes([len(module)]) + module.encode()
    reference += pickle.SHORT_BINUNICODE + bytes([len(attribute)]) + attribute.encode()
    with pytest.raises(pickle.UnpicklingError):
        loads(reference + pickle.STACK_GLOBAL + pickle.STOP)


def test_frames() -> None:
    """A frame arrives whole or not at all, and never larger than agreed."""
    stream = io.BytesIO()
    write_frame(stream, b"abc")
    whole = stream.getvalue()
    assert read_frame(io.BytesIO(whole), 3) == b"abc"
    for size in range(len(whole)):
        with pytest.raises(EOFError):
            read_frame(io.BytesIO(whole[:size]), 3)
    with pytest.raises(FrameTooLargeError):
        read_frame(io.BytesIO(whole), 2)
