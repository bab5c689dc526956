"""An endless, seeded stream of generated stacks, made by worker processes ahead of the step that needs them."""

import itertools
import multiprocessing
import os
from collections import deque
from collections.abc import Iterable, Iterator
from multiprocessing.pool import AsyncResult

import numpy as np

from marey.core.threads import one_thread_each
from marey.scan.cine import random_stack
from marey.scan.fast import PER_SUBJECT, LabelledStack, stacks


def generate(seed: int, number: int) -> list[LabelledStack]:
    """The `PER_SUBJECT` stacks of one block of the stream with this seed: always the same."""
    return list(_block(seed, number))


def _block(seed: int, number: int) -> Iterator[LabelledStack]:
    """Even blocks are one person of the virtual scanner; odd ones as many hearts of the wider, plainer shape model."""
    rng = np.random.default_rng((seed, number))
    if number % 2 == 0:
        yield from stacks(rng)
        return
    for _ in range(PER_SUBJECT):
        pictures, labels = random_stack(rng)
        yield LabelledStack(pictures, labels, long_axis=False)


def stream(seed: int, start: int = 0, workers: int | None = None) -> Iterator[LabelledStack]:
    """Stacks `start`, `start + 1`, ... in order, whatever the number of workers.

    Args:
        seed: names the stream.
        start: number of the first stack.
        workers: processes; all cores when None, in this process when 0.
    """
    first, skipped = divmod(start, PER_SUBJECT)
    people = _people(seed, first, (os.cpu_count() or 1) if workers is None else workers)
    return itertools.islice(itertools.chain.from_iterable(people), skipped, None)


def _people(seed: int, first: int, workers: int) -> Iterator[Iterable[LabelledStack]]:
    numbers = itertools.count(first)
    if workers == 0:
        for number in numbers:
            yield _block(seed, number)
    with one_thread_each(), multiprocessing.get_context("spawn").Pool(workers) as pool:
        ahead: deque[AsyncResult[list[LabelledStack]]] = deque()
        for number in numbers:
            ahead.append(pool.apply_async(generate, (seed, number)))
            if len(ahead) >= 3 * workers:
                yield ahead.popleft().get()


__all__ = ["LabelledStack", "generate", "stream"]
