"""Which lane goes next: whatever waits in the others, each comes to its turn."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import count

from hypothesis import given
from hypothesis import strategies as st

from storage.lanes import RESERVED_SHARE, choose
from storage.parts import Lane


@dataclass(frozen=True)
class Waiting:
    chat_id: int
    lane: Lane


def sent(lanes: set[Lane], limit: int, turns: int) -> list[Lane]:
    """The lanes of what goes out, where more waits in each of `lanes` than ever goes."""
    chats = count()
    order: list[Lane] = []
    for turn in range(turns):
        waiting = {lane: [Waiting(next(chats), lane) for _ in range(limit)] for lane in lanes}
        chosen, _ = choose(waiting, limit, turn, lambda _chat_id: None)
        order += [each.lane for each in chosen]
    return order


def test_what_is_urgent_goes_before_alerts_and_after_replies() -> None:
    assert sorted(Lane) == [Lane.REPLIES, Lane.URGENT, Lane.ALERTS, Lane.DIGESTS, Lane.ANNOUNCEMENTS]
    order = sent({Lane.URGENT, Lane.ALERTS}, 1, 160)
    assert order.count(Lane.URGENT) == 150


@given(
    lanes=st.sets(st.sampled_from(Lane), min_size=1),
    limit=st.integers(1, 100),
)
def test_every_lane_has_its_share_and_the_fastest_the_rest(lanes: set[Lane], limit: int) -> None:
    order = sent(lanes, limit, 2 * RESERVED_SHARE)
    fastest = min(lanes)
    least = len(order) // RESERVED_SHARE
    assert all(least - 1 <= order.count(lane) <= least + 1 for lane in lanes - {fastest})
    between = RESERVED_SHARE + limit
    for lane in lanes:
        assert all(lane in order[at : at + between] for at in range(len(order) - between))
