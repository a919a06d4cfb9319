"""The child: takes a task, runs it within its limits, answers, waits for the next.

Run as ``python -m sheetflow.children.child``. It lets nothing that a library prints reach the answer, and
no exception's sentence out (it may quote a cell) but those of our own; it ends with its parent.
"""

from __future__ import annotations

import gc
import os
import pickle
import queue
import signal
import sys
import threading
from typing import Any, BinaryIO

from sheetflow.children.limits import Limits, Task, bind_process, bind_task, prepare, resident_bytes
from sheetflow.children.wire import dumps, read_frame, write_frame
from sheetflow.errors import SheetflowError, UnreadableError, describe, parts_of

_COLLECT_AFTER = 1_000_000
"""Objects made before the collector looks for cycles: a workbook's rows are some 300,000, and none."""

_MOST = 1 << 40  # the parent is trusted


def main() -> None:
    """Serve tasks until the parent closes the pipe."""
    os.umask(0o077)  # what it leaves anywhere is ours alone
    answers = _own_channel()
    for name in ("SIGINT", "SIGTERM"):  # meant for the parent, which lets us finish
        signal.signal(getattr(signal, name), signal.SIG_IGN)
    requests: queue.SimpleQueue[bytes] = queue.SimpleQueue()
    threading.Thread(target=_receive, args=(requests,), daemon=True).start()
    try:
        limits: Limits = pickle.loads(requests.get())  # noqa: S301 - from our parent
        bind_process(limits)
    except Exception as error:  # noqa: BLE001 - whatever hinders us, the parent must hear it
        write_frame(answers, dumps(("failed", describe(error), 0)))
        return
    # What is loaded stays: the collector need not look at it again with every workbook.
    gc.freeze()
    gc.set_threshold(_COLLECT_AFTER, 20, 100)
    write_frame(answers, dumps(("ready", None, resident_bytes())))
    while True:
        frame = requests.get()
        try:
            task, arguments = pickle.loads(frame)  # noqa: S301 - likewise; loads the task's module
        except Exception as error:  # noqa: BLE001 - no file may be blamed for it
            write_frame(answers, dumps(("failed", describe(error), resident_bytes())))
            continue
        prepare(task, arguments)
        bind_task(limits.seconds_for(task))
        answer = _answer(task, arguments, limits)
        bind_task(0)
        write_frame(answers, answer)


def _own_channel() -> BinaryIO:
    """Keep standard output for answers alone, and send what libraries print nowhere."""
    answers = os.fdopen(os.dup(1), "wb")
    nowhere = os.open(os.devnull, os.O_WRONLY)
    os.dup2(nowhere, 1)
    os.close(nowhere)
    return answers


def _receive(requests: queue.SimpleQueue[bytes]) -> None:
    """Pass on what the parent asks; end the process at once when the parent is gone."""
    stream = sys.stdin.buffer
    try:
        while True:
            requests.put(read_frame(stream, _MOST))
    finally:
        os._exit(0)


def _answer(task: Task, arguments: tuple[Any, ...], limits: Limits) -> bytes:
    """Run one task and pack its value, or what became of it."""
    try:
        packed = dumps(("value", task(*arguments), resident_bytes()))
    except BaseException as error:  # noqa: BLE001 - _end_of lets through what is not the task's
        packed = dumps((*_end_of(error), resident_bytes()))
    if len(packed) > limits.answer:
        packed = dumps(("unreadable", ("file-too-large", {}), resident_bytes()))
    return packed


def _end_of(error: BaseException) -> tuple[str, Any]:
    """Say how a task ended that returned nothing; the parent raises it again."""
    match error:
        case UnreadableError():
            return "unreadable", (error.reason, error.details)
        case MemoryError():
            return "unreadable", ("file-outgrew-memory", {})
        case OSError():
            return "trouble", (error.errno, error.strerror)
        case SheetflowError():
            return "error", parts_of(error)
        case Exception():
            return "failed", describe(error)
    if type(error).__name__ == "PanicException":  # Rust's way to give up
        return "unreadable", ("file-killed-reader", {})
    raise error


if __name__ == "__main__":
    main()
