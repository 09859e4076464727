"""How a night's articles are divided into shards, and what each may use of what all share."""

from __future__ import annotations

from collections.abc import Sequence


def divide(slugs: Sequence[str], size: int) -> tuple[tuple[str, ...], ...]:
    """Shards of at most ``size`` articles that follow each other in the given order and differ by at most one article.

    >>> divide(["a", "b", "c", "d", "e"], 3)
    (('a', 'b'), ('c', 'd', 'e'))
    """
    number = -(-len(slugs) // size)
    return tuple(
        tuple(slugs[place * len(slugs) // number : (place + 1) * len(slugs) // number]) for place in range(number)
    )


def share_of(total: int, number: int, shards: int) -> int:
    """The part of a total that shard ``number``, from 1 to ``shards``, may use; all parts add up to the total.

    >>> [share_of(300, number, 7) for number in range(1, 8)]
    [43, 43, 43, 43, 43, 43, 42]
    """
    return total // shards + (number <= total % shards)
