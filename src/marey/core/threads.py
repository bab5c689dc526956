"""How many threads libraries compute with."""

import os
from collections.abc import Iterator
from contextlib import contextmanager

NAMES = ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS", "NUMBA_NUM_THREADS")


@contextmanager
def one_thread_each() -> Iterator[None]:
    """Processes started inside compute with one thread: the cores are shared out, and sums have one order.

    Libraries read the environment when they are imported, so the processes must be spawned, not forked.
    """
    before = {name: os.environ.get(name) for name in NAMES}
    os.environ.update(dict.fromkeys(NAMES, "1"))
    try:
        yield
    finally:
        for name, value in before.items():
            if value is None:
                del os.environ[name]
            else:
                os.environ[name] = value


__all__ = ["one_thread_each"]
