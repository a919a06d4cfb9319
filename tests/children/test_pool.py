"""No file stops the service: a child may die of it, the next file is served."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import textwrap
import threading
import time
from collections.abc import Callable, Iterator
from concurrent.futures import CancelledError
from pathlib import Path
from types import ModuleType

import pytest

from sheetflow.children import (
    ChildHinderedError,
    ChildLostError,
    ChildStartError,
    Limits,
    OutgrownError,
    Pool,
    TaskFailedError,
)
from sheetflow.children.judge_task import read_file
from sheetflow.errors import SheetflowError, UnreadableError
from sheetflow.workbook import RawWorkbook
from tests.children import odd_tasks
from tests.reading.packages import simple, xlsx_of

_MIB = 1024**2

posix_only = pytest.mark.skipif(os.name != "posix", reason="limits are set on POSIX systems only")


@pytest.fixture(scope="module")
def pool() -> Iterator[Pool]:
    """One child with tight limits."""
    limits = Limits(cpu_seconds=1, patience=2, answer=_MIB, address_space=1024 * _MIB)
    with Pool(1, limits) as pool:
        yield pool


def refusal(pool: Pool, task: Callable[..., object], *arguments: object) -> UnreadableError:
    """Run a task that must end as a refusal of its file, then see that the next is served."""
    with pytest.raises(UnreadableError) as caught:
        pool.call(task, *arguments)
    assert pool.call(odd_tasks.echo, 1) == 1
    return caught.value


def test_reads_a_file(tmp_path: Path) -> None:
    """The service's own tasks read a workbook in a child and hand it over whole."""
    path = tmp_path / "a.xlsx"
    path.write_bytes(simple())
    with Pool(1) as pool:
        workbook = pool.call(read_file, str(path))
        assert isinstance(workbook, RawWorkbook)
        assert workbook.sheets[0].cell(2, 2) == "走访"
        path.write_bytes(b"")
        with pytest.raises(UnreadableError, match="file-empty"):
            pool.call(read_file, str(path))
        with pytest.raises(FileNotFoundError):
            pool.call(read_file, str(tmp_path / "none.xlsx"))


@posix_only
def test_far_cell_kills_a_child_only(pool: Pool, tmp_path: Path) -> None:
    """The workbook that ends the parser's process costs a child, and the next task is served."""
    path = tmp_path / "far.xlsx"
    far = '<row r="1048576"><c r="XFD1048576"><v>2</v></c></row>'
    path.write_bytes(xlsx_of('<row r="1"><c r="A1"><v>1</v></c></row>' + far))
    before = pool.call(odd_tasks.pid)
    caught = refusal(pool, odd_tasks.parse_far_cell, str(path))
    assert isinstance(caught, ChildLostError)
    assert caught.reason == "file-killed-reader"
    assert pool.call(odd_tasks.pid) != before
    assert refusal(pool, read_file, str(path)).reason == "file-far-cell"


@posix_only
def test_crash(pool: Pool) -> None:
    """A crash of the interpreter is the final answer for its file."""
    assert refusal(pool, odd_tasks.crash).reason == "file-killed-reader"


def test_wall_clock(pool: Pool) -> None:
    """A task that waits for nothing is ended by the parent, and died of itself."""
    started = time.monotonic()
    assert refusal(pool, odd_tasks.sleep, 60).reason == "file-timeout"
    assert time.monotonic() - started < 10


@posix_only
def test_a_stopped_child_says_nothing_of_its_task(pool: Pool) -> None:
    """A child that somebody stopped is ended by the parent, and its task is not to blame."""
    child = pool.call(odd_tasks.pid)
    future = pool.submit(odd_tasks.work, 0.5)
    time.sleep(0.2)
    os.kill(child, signal.SIGSTOP)
    with pytest.raises(ChildHinderedError, match="停住"):
        future.result(20)
    assert pool.call(odd_tasks.echo, 1) == 1


@posix_only
def test_a_child_stopped_for_a_while_goes_on() -> None:
    """A child that was stopped for less than the patience finishes its task."""
    with Pool(1, Limits(cpu_seconds=1, patience=20)) as pool:
        child = pool.call(odd_tasks.pid)
        future = pool.submit(odd_tasks.work, 0.5)
        time.sleep(0.2)
        os.kill(child, signal.SIGSTOP)
        time.sleep(2)
        os.kill(child, signal.SIGCONT)
        assert future.result(20) == child


@posix_only
def test_what_is_ours_has_more_time_and_blames_no_file(pool: Pool) -> None:
    """A task that makes what is ours may take longer; what it dies of is said in a sentence."""
    with Pool(1, Limits(cpu_seconds=1, own_seconds=2, patience=30)) as slow:
        assert slow.call(odd_tasks.render_slowly, 1.3) == "made"
        with pytest.raises(OutgrownError, match="wall_seconds"):
            slow.call(odd_tasks.render_slowly, 30)
    with pytest.raises(OutgrownError, match="memory_mb"):
        pool.call(odd_tasks.render_hugely, 2048 * _MIB)


@posix_only
def test_we_who_stood_still_do_not_blame_the_child() -> None:
    """An answer that lies ready when our own clock has run out is taken."""
    script = textwrap.dedent("""
        from sheetflow.children import Limits, Pool
        from tests.children import odd_tasks
        with Pool(1, Limits(cpu_seconds=1, patience=2)) as pool:
            pool.call(odd_tasks.pid)
            print("begun", flush=True)
            print(len(pool.call(odd_tasks.wait_and_answer, 0.5, 10_000_000)), flush=True)
    """)
    environment = os.environ | {"PYTHONPATH": str(Path(__file__).parents[2])}
    with subprocess.Popen(
        [sys.executable, "-c", script], stdout=subprocess.PIPE, env=environment, text=True
    ) as service:
        assert service.stdout is not None
        assert service.stdout.readline() == "begun\n"
        time.sleep(0.2)
        service.send_signal(signal.SIGSTOP)
        time.sleep(3)
        service.send_signal(signal.SIGCONT)
        assert service.stdout.readline() == "10000000\n"


@posix_only
def test_processor_time() -> None:
    """A task that computes too long is ended, and the time of earlier tasks does not count."""
    with Pool(1, Limits(cpu_seconds=1, patience=60)) as pool:
        first = pool.call(odd_tasks.pid)
        for _ in range(3):
            assert pool.call(odd_tasks.work, 0.7) == first
        started = time.monotonic()
        assert refusal(pool, odd_tasks.spin).reason == "file-timeout"
        assert time.monotonic() - started < 20


@posix_only
def test_memory(pool: Pool) -> None:
    """A task that asks for too much memory is refused as such."""
    before = pool.call(odd_tasks.pid)
    assert refusal(pool, odd_tasks.hoard, 2048 * _MIB).reason == "file-outgrew-memory"
    assert pool.call(odd_tasks.pid) != before, "the next try has a child that no former task filled"


def test_answer_too_large(pool: Pool) -> None:
    """An answer that would burst the parent never reaches it."""
    assert refusal(pool, odd_tasks.large, 2 * _MIB).reason == "file-too-large"


def test_refusals_cross_the_pipe(pool: Pool) -> None:
    """A refusal in the child arrives with its reason and its details."""
    caught = refusal(pool, odd_tasks.refuse)
    assert (caught.reason, caught.details) == ("file-far-cell", {"sheet": "需求", "cell": "XFD1"})
    assert not isinstance(caught, ChildLostError)


def test_panic_is_a_refusal(pool: Pool) -> None:
    """A panic of the parser refuses the file, and the child lives on."""
    before = pool.call(odd_tasks.pid)
    assert refusal(pool, odd_tasks.panic).reason == "file-killed-reader"
    assert pool.call(odd_tasks.pid) == before


def test_passing_trouble_stays_trouble(pool: Pool) -> None:
    """Trouble of the disk is no fault of the file: it arrives as what it is."""
    with pytest.raises(OSError, match="No space left") as caught:
        pool.call(odd_tasks.full_disk)
    assert caught.value.errno == 28


def test_our_own_faults_are_named_in_the_log_without_values(
    pool: Pool, caplog: pytest.LogCaptureFixture
) -> None:
    """A fault of ours says what and where in the log alone, and never what stood in a cell."""
    with pytest.raises(TaskFailedError) as caught:
        pool.call(odd_tasks.stumble)
    assert str(caught.value) == "程序出错，详见日志"
    assert "ValueError" in caplog.text
    assert "odd_tasks.py" in caplog.text
    assert "138" not in caplog.text


def test_errors_of_ours_keep_their_sentence(pool: Pool) -> None:
    """An error that is meant for people arrives as what it is, with its sentence."""
    for error in odd_tasks.errors_of_ours():
        with pytest.raises(type(error)) as caught:
            pool.call(odd_tasks.raise_ours, type(error).__name__)
        assert type(caught.value) is type(error)
        assert str(caught.value) == str(error)
        assert vars(caught.value) == vars(error)


def test_an_error_that_would_mean_something_to_the_service_arrives_as_its_sentence(
    pool: Pool,
) -> None:
    """A child says nothing of the database: an error about it is a sentence and no more."""
    with pytest.raises(SheetflowError, match="数据库") as caught:
        pool.call(odd_tasks.raise_ours, "StoreBusyError")
    assert type(caught.value) is SheetflowError


def test_prints_do_not_corrupt(pool: Pool) -> None:
    """Whatever a library prints, the answer arrives clean."""
    assert pool.call(odd_tasks.chatter) == "clean"


def test_findings_and_plain_values_arrive(pool: Pool) -> None:
    """Findings, with their read-only arguments, and plain values come back equal."""
    assert pool.call(odd_tasks.finding) == odd_tasks.finding()
    assert pool.call(odd_tasks.values) == odd_tasks.values()


def test_a_child_cannot_make_the_parent_call(pool: Pool) -> None:
    """An answer that would call a function on arrival is refused, and the child with it."""
    assert refusal(pool, odd_tasks.trap).reason == "file-killed-reader"


def test_clean_environment(pool: Pool, monkeypatch: pytest.MonkeyPatch) -> None:
    """The mail password in our environment never reaches a child."""
    monkeypatch.setenv("SHEETFLOW_MAIL_PASSWORD", "s3cret")
    with Pool(1) as fresh:
        assert "s3cret" not in str(fresh.call(odd_tasks.environment))
        assert "PATH" in fresh.call(odd_tasks.environment)
    assert "SHEETFLOW_MAIL_PASSWORD" not in pool.call(odd_tasks.environment)


@posix_only
def test_limits_are_set(pool: Pool) -> None:
    """A child is bound in memory, leaves no core behind, and has a session of its own."""
    space, core = pool.call(odd_tasks.limits)
    assert core == (0, 0)
    if sys.platform == "linux":
        assert space == (1024 * _MIB, 1024 * _MIB)
    assert pool.call(odd_tasks.session) != os.getsid(0)


@posix_only
def test_signals_to_children_do_not_interrupt(pool: Pool) -> None:
    """SIGINT and SIGTERM, which a system sends to all, let a child finish its file."""
    child = pool.call(odd_tasks.pid)
    future = pool.submit(odd_tasks.sleep, 0.5)
    time.sleep(0.1)
    os.kill(child, signal.SIGINT)
    os.kill(child, signal.SIGTERM)
    assert future.result() == "awake"


@posix_only
def test_kill_from_outside_is_tried_once_more(pool: Pool, tmp_path: Path) -> None:
    """A child killed by somebody else, however often, says nothing of its file."""
    assert pool.call(odd_tasks.kill_self_once, str(tmp_path / "trace")) == "alive"
    with pytest.raises(ChildHinderedError, match="中止"):
        pool.call(odd_tasks.kill_self)
    assert pool.call(odd_tasks.echo, 1) == 1


@posix_only
def test_death_between_tasks_costs_nothing() -> None:
    """A child that dies while idle is replaced, and the next task knows nothing of it."""
    with Pool(1, Limits(attempts=1)) as pool:
        os.kill(pool.call(odd_tasks.pid), signal.SIGKILL)
        time.sleep(0.1)
        assert pool.call(odd_tasks.echo, "served") == "served"


def test_children_are_warm_and_replaced_in_time() -> None:
    """A child serves many tasks, and a new one follows after its number."""
    with Pool(1, Limits(tasks=3)) as pool:
        pids = [pool.call(odd_tasks.pid) for _ in range(6)]
    assert pids[0] == pids[1] == pids[2] != pids[3]
    assert pids[3] == pids[5]


@pytest.mark.skipif(sys.platform != "linux", reason="only Linux tells what a process holds")
def test_a_grown_child_is_replaced() -> None:
    """A child that keeps more memory than agreed is replaced after its task."""
    with Pool(1, Limits(resident=200 * _MIB)) as pool:
        small, grown = pool.call(odd_tasks.keep, 1000), pool.call(odd_tasks.keep, 300 * _MIB)
        assert small == grown != pool.call(odd_tasks.pid)


def test_children_work_side_by_side() -> None:
    """Two children serve two tasks at the same time."""
    with Pool(2) as pool:
        pool.call(odd_tasks.pid)
        started = time.monotonic()
        futures = [pool.submit(odd_tasks.sleep, 1.0) for _ in range(2)]
        assert [future.result() for future in futures] == ["awake", "awake"]
        assert time.monotonic() - started < 1.9


def test_closing_finishes_what_is_queued() -> None:
    """Leaving the pool in peace finishes every task that was handed in."""
    with Pool(1) as pool:
        futures = [pool.submit(odd_tasks.echo, number) for number in range(5)]
    assert [future.result(0) for future in futures] == list(range(5))
    with pytest.raises(RuntimeError):
        pool.submit(odd_tasks.echo, 1)


def test_cancelling_finishes_what_is_in_hand() -> None:
    """A service that is told to stop finishes the file in hand and leaves the rest queued."""
    pool = Pool(1)
    pool.call(odd_tasks.pid)
    first = pool.submit(odd_tasks.sleep, 0.5)
    rest = pool.submit(odd_tasks.echo, 1)
    time.sleep(0.1)
    pool.close(cancel=True)
    assert first.result(0) == "awake"
    with pytest.raises(CancelledError):
        rest.result(0)


def test_no_threads_or_children_are_left() -> None:
    """A closed pool leaves no process behind."""
    with Pool(1) as pool:
        child = pool.call(odd_tasks.pid)
    assert not any(thread.name.startswith("child-") and thread.is_alive()
                   for thread in threading.enumerate() if thread.ident is None)  # fmt: skip
    if os.name == "posix":
        with pytest.raises(ProcessLookupError):
            os.kill(child, 0)


def test_children_that_cannot_start(monkeypatch: pytest.MonkeyPatch) -> None:
    """Children that cannot start are trouble of this machine, not a refusal of a file."""
    monkeypatch.setattr(sys, "executable", "/bin/false")
    with Pool(1) as pool, pytest.raises(ChildStartError, match="启动"):
        pool.call(odd_tasks.echo, 1)


def test_a_task_that_a_child_cannot_load(pool: Pool, monkeypatch: pytest.MonkeyPatch) -> None:
    """A task whose module the child has not is a fault of ours, not a refusal of a file."""
    here = ModuleType("only_here")

    def task() -> None:
        """Do nothing."""

    task.__module__, task.__qualname__ = here.__name__, "task"
    monkeypatch.setattr(here, "task", task, raising=False)
    monkeypatch.setitem(sys.modules, here.__name__, here)
    with pytest.raises(TaskFailedError):
        pool.call(task)
    assert pool.call(odd_tasks.echo, 1) == 1


@posix_only
def test_children_end_with_their_parent(tmp_path: Path) -> None:
    """When the service is killed, its children end too, even in the middle of a task."""
    script = tmp_path / "service.py"
    script.write_text(
        textwrap.dedent("""
            from sheetflow.children import Pool
            from tests.children import odd_tasks
            pool = Pool(1)
            print(pool.call(odd_tasks.pid), flush=True)
            pool.call(odd_tasks.sleep, 60)
        """)
    )
    environment = os.environ | {"PYTHONPATH": str(Path(__file__).parents[2])}
    with subprocess.Popen(
        [sys.executable, str(script)], stdout=subprocess.PIPE, env=environment, cwd=tmp_path
    ) as service:
        assert service.stdout is not None
        child = int(service.stdout.readline())
        time.sleep(0.2)
        service.kill()
        service.wait()
        deadline = time.monotonic() + 10
        while is_alive(child) and time.monotonic() < deadline:
            time.sleep(0.05)
        assert not is_alive(child)


def is_alive(process: int) -> bool:
    """Whether a process runs; one that nobody has waited for yet does not."""
    try:
        os.kill(process, 0)
    except ProcessLookupError:
        return False
    status = Path(f"/proc/{process}/stat")
    return not status.exists() or status.read_text().rpartition(")")[2].split()[0] != "Z"
