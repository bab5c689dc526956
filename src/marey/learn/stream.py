"""An endless, seeded stream of generated stacks, made by worker processes ahead of the step that needs them."""

import itertools
import multiprocessing
import os
from collections import deque
from collections.abc import Iterator
from multiprocessing.pool import AsyncResult

import numpy as np
from numpy.typing import NDArray

from marey.core.threads import one_thread_each
from marey.scan.cine import random_stack

LabelledStack = tuple[NDArray[np.float16], NDArray[np.uint8]]


def generate(seed: int, number: int) -> LabelledStack:
    """Stack `number` of the stream with this seed: always the same."""
    return random_stack(np.random.default_rng((seed, number)))


def stream(seed: int, start: int = 0, workers: int | None = None) -> Iterator[LabelledStack]:
    """Stacks `start`, `start + 1`, ... in order, whatever the number of workers.

    Args:
        seed: names the stream.
        start: number of the first stack.
        workers: processes; all cores when None, in this process when 0.
    """
    numbers = itertools.count(start)
    workers = (os.cpu_count() or 1) if workers is None else workers
    if workers == 0:
        for number in numbers:
            yield generate(seed, number)
    with one_thread_each(), multiprocessing.get_context("spawn").Pool(workers) as pool:
        ahead: deque[AsyncResult[LabelledStack]] = deque()
        for number in numbers:
            ahead.append(pool.apply_async(generate, (seed, number)))
            if len(ahead) >= 4 * workers:
                yield ahead.popleft().get()


__all__ = ["LabelledStack", "generate", "stream"]
