"""Incarnations sort in the order in which they were made, whatever the clock says."""

import time
from uuid import UUID

import pytest

from carnet.kernel.store.incarnation import incarnation_after


def test_a_later_one_is_greater_also_when_the_clock_jumps_back(monkeypatch: pytest.MonkeyPatch) -> None:
    first = incarnation_after()
    monkeypatch.setattr(time, "time_ns", lambda: 1_000_000_000)
    second = incarnation_after(first)
    assert first < second < incarnation_after(second)
    assert (second.version, second.variant) == (7, "specified in RFC 4122")


def test_two_restores_of_one_backup_are_two(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(time, "time_ns", lambda: 1_000_000_000)
    kept = UUID("ffffffff-0000-4000-8000-000000000000")
    assert kept < min(incarnation_after(kept), incarnation_after(kept))
    assert incarnation_after(kept) != incarnation_after(kept)
