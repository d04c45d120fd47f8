"""The pool of threads: every piece once, errors passed on, nesting, several callers, forks, and the threads of BLAS."""

import gc
import os
import platform
import signal
import subprocess
import sys
import threading
import time
import weakref
from pathlib import Path

import numpy as np
import pytest

import autograd
from autograd.kernels import threads

ROOT = Path(__file__).resolve().parents[2]


@pytest.fixture(autouse=True)
def two_threads():
    """Two threads, also on a machine with one processor."""
    before = threads.get_count()
    threads.set_count(2)
    yield
    threads.set_count(before)


def counted(total, grain, **options):
    """How often each item of ``split`` came."""
    seen = np.zeros(total, int)

    def task(start, stop):
        seen[start:stop] += 1

    threads.split(task, total, grain, **options)
    return seen


@pytest.mark.parametrize("total", [0, 1, 2, 3, 7, 8, 9, 100, 1001])
@pytest.mark.parametrize("grain", [1, 3, 50])
@pytest.mark.parametrize("count", [1, 2, 3, 16])
def test_every_item_comes_once(total, grain, count):
    threads.set_count(count)
    for blas in (True, False):
        np.testing.assert_array_equal(counted(total, grain, blas=blas), np.ones(total))


def test_pieces_have_the_grain_and_are_not_too_many():
    threads.set_count(3)
    pieces = []
    threads.split(lambda start, stop: pieces.append((start, stop)), 1000, 10)
    pieces.sort()
    assert len(pieces) <= 12
    assert all(stop - start >= 10 for start, stop in pieces[:-1])
    assert [start for start, _ in pieces[1:]] == [stop for _, stop in pieces[:-1]]


def test_what_is_one_piece_runs_in_the_caller():
    found = []
    threads.split(lambda start, stop: found.append((start, stop, threading.get_ident())), 19, 10)
    assert found == [(0, 19, threading.get_ident())]


def meet(total=2):
    """The threads that two pieces ran in, each of which waited for the other to begin."""
    barrier, seen = threading.Barrier(2, timeout=30), []

    def task(start, stop):
        barrier.wait()
        seen.append(threading.get_ident())

    threads.split(task, total)
    return seen


def test_two_threads_work_at_the_same_time():
    assert len(set(meet())) == 2


@pytest.mark.parametrize("kind", [ValueError, KeyboardInterrupt])
def test_an_error_is_raised_after_all_have_ended_and_the_rest_is_left_out(kind):
    threads.set_count(2)
    barrier, begun, ended = threading.Barrier(2, timeout=30), [], []

    def task(start, stop):
        begun.append(start)
        if len(begun) <= 2:
            barrier.wait()
            if threading.current_thread() is not threading.main_thread():
                raise kind("piece")
            while not threads_failed():
                time.sleep(0.001)
        ended.append(start)

    def threads_failed():
        return any(job._errors for job in gc.get_objects() if isinstance(job, threads._Job))

    with pytest.raises(kind, match="piece"):
        threads.split(task, 8)
    assert len(begun) == 2
    assert len(ended) == 1
    assert meet()  # the pool is as good as before


def test_an_error_in_the_caller_waits_for_the_others():
    barrier, ended = threading.Barrier(2, timeout=30), []

    def task(start, stop):
        barrier.wait()
        if threading.current_thread() is threading.main_thread():
            raise ValueError("here")
        time.sleep(0.05)
        ended.append(start)

    with pytest.raises(ValueError, match="here"):
        threads.split(task, 2)
    assert len(ended) == 1


@pytest.mark.skipif(not hasattr(signal, "setitimer"), reason="needs a timer signal")
def test_an_interrupt_while_waiting_comes_after_the_others_have_ended():
    barrier, ended = threading.Barrier(2, timeout=30), []

    def interrupt(*_):
        raise KeyboardInterrupt

    def task(start, stop):
        barrier.wait()
        if threading.current_thread() is not threading.main_thread():
            time.sleep(0.2)
            ended.append(start)

    before = signal.signal(signal.SIGALRM, interrupt)
    try:
        signal.setitimer(signal.ITIMER_REAL, 0.05)
        with pytest.raises(KeyboardInterrupt):
            threads.split(task, 2)
    finally:
        signal.setitimer(signal.ITIMER_REAL, 0)
        signal.signal(signal.SIGALRM, before)
    assert len(ended) == 1


def test_a_split_inside_a_piece_runs_in_its_thread():
    inner = []

    def task(start, stop):
        outer = threading.get_ident()
        threads.split(lambda a, b: inner.append((threading.get_ident() == outer, a, b)), 5)

    threads.split(task, 2)
    assert inner == [(True, 0, 5)] * 2
    assert len(set(meet())) == 2  # the mark that a thread is inside a piece is gone


def test_several_callers_at_a_time():
    found = {}

    def caller(name):
        found[name] = [counted(200, 1).tolist() for _ in range(50)]

    callers = [threading.Thread(target=caller, args=(i,)) for i in range(8)]
    for thread in callers:
        thread.start()
    for thread in callers:
        thread.join()
    assert found == {i: [[1] * 200] * 50 for i in range(8)}


def test_more_threads_than_processors():
    threads.set_count(32)
    idents = set()

    def task(start, stop):
        idents.add(threading.get_ident())
        time.sleep(0.001)

    threads.split(task, 128)
    assert 1 < len(idents) <= 32
    np.testing.assert_array_equal(counted(1000, 1), np.ones(1000))


def test_threads_that_are_not_needed_any_more_are_not_used():
    threads.set_count(4)
    counted(100, 1)
    threads.set_count(1)
    idents = set()
    threads.split(lambda start, stop: idents.add(threading.get_ident()), 100)
    assert idents == {threading.get_ident()}


def test_what_a_task_holds_goes_when_the_call_ends():
    class Held:
        pass

    held = Held()
    gone = weakref.ref(held)
    threads.split(lambda start, stop, held=held: None, 8)
    del held
    gc.collect()
    assert gone() is None


def test_floating_point_warnings_are_off_in_the_pool():
    def task(start, stop):
        if threading.current_thread() is not threading.main_thread():
            assert set(np.geterr().values()) == {"ignore"}

    for _ in range(20):
        threads.split(task, 8)


@pytest.mark.skipif(not hasattr(os, "fork"), reason="no fork on this system")
def test_a_forked_process_makes_its_own_threads():
    code = """
import os, sys, threading, warnings
import numpy as np
from autograd.kernels import threads
warnings.simplefilter("ignore")
threads.set_count(2)
def meet():
    barrier = threading.Barrier(2, timeout=30)
    threads.split(lambda a, b: barrier.wait(), 2)
meet()
with threads.blas_threads(1):
    pid = os.fork()
    if pid == 0:
        meet()
        blas = threads._blas()
        os._exit(0 if blas is None or blas[0]() == 2 else 3)
    status = os.waitpid(pid, 0)[1]
meet()
sys.exit(os.waitstatus_to_exitcode(status))
"""
    root = Path(autograd.__file__).parents[1]
    subprocess.run([sys.executable, "-c", code], check=True, timeout=120, cwd=root)


# -- BLAS -----------------------------------------------------------------------------------------------------------------

blas = pytest.mark.skipif(threads._blas() is None, reason="this BLAS cannot be told a number of threads")


def blas_count():
    return threads._blas()[0]()


@blas
def test_set_count_rules_blas():
    threads.set_count(1)
    assert blas_count() == 1
    threads.set_count(2)
    assert blas_count() == 2


@blas
def test_blas_has_one_thread_in_a_piece_and_its_own_number_afterwards():
    counts = []
    threads.split(lambda start, stop: counts.append(blas_count()), 8)
    assert set(counts) == {1}
    assert blas_count() == 2

    def fail(start, stop):
        raise ValueError("piece")

    with pytest.raises(ValueError, match="piece"):
        threads.split(fail, 8)
    assert blas_count() == 2


@blas
def test_the_number_of_threads_set_inside_a_piece_counts_afterwards():
    with threads.blas_threads(1):
        threads.set_count(3)
        assert blas_count() == 1
    assert blas_count() == 3


@blas
def test_blocks_of_several_threads_restore_the_number_when_the_last_one_ends():
    inside, go = threading.Barrier(3, timeout=30), threading.Barrier(3, timeout=30)

    def block():
        with threads.blas_threads(1):
            inside.wait()
            go.wait()

    others = [threading.Thread(target=block) for _ in range(2)]
    for thread in others:
        thread.start()
    inside.wait()
    assert blas_count() == 1
    with threads.blas_threads(1):
        pass
    assert blas_count() == 1
    go.wait()
    for thread in others:
        thread.join()
    assert blas_count() == 2


# -- the public functions -------------------------------------------------------------------------------------------------


def test_the_public_functions_rule_the_kernels():
    autograd.set_num_threads(3)
    assert autograd.get_num_threads() == threads.get_count() == 3


@pytest.mark.parametrize(
    ("value", "error"), [(0, RuntimeError), (-1, RuntimeError), (True, TypeError), (1.5, TypeError)]
)
def test_bad_numbers_of_threads_change_nothing(value, error):
    with pytest.raises(error, match="set_num_threads"):
        autograd.set_num_threads(value)
    assert autograd.get_num_threads() == 2


def test_calming_blas_leaves_its_number_and_products_as_they_are():
    code = """
import os, threading
import numpy as np
from autograd.kernels import threads
found = threads.openblas()
before = threads._blas()[0]() if found else None
x = np.arange(90000.0).reshape(300, 300) / 1000
y = x @ x
once_more = threads.calm_blas()
assert np.allclose(x @ x, y)
assert found is None or threads._blas()[0]() == before
assert "OPENBLAS_THREAD_TIMEOUT" not in os.environ
stop = threading.Event()
other = threading.Thread(target=stop.wait)
other.start()
assert not threads.calm_blas()
stop.set()
other.join()
os.environ["OPENBLAS_THREAD_TIMEOUT"] = "20"
assert not threads.calm_blas()
"""
    subprocess.run([sys.executable, "-c", code], check=True, cwd=ROOT)


def test_freed_memory_is_kept_unless_the_user_chose():
    code = "from autograd.kernels.memory import keep_freed; print(keep_freed())"
    run = lambda env: (
        subprocess.run([sys.executable, "-c", code], check=True, cwd=ROOT, env=env, capture_output=True).stdout
    )
    env = {name: value for name, value in os.environ.items() if not name.startswith("MALLOC_")}
    assert run(env | {"MALLOC_TRIM_THRESHOLD_": "1000000"}).strip() == b"False"
    if sys.platform == "linux" and platform.libc_ver()[0] == "glibc":
        assert run(env).strip() == b"True"
