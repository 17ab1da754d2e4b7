"""The future of a queue: it is played to its end many times, each time with other likely times.

In each of `TRIES` tries every counter that is free takes whoever is next for it: people of a class first, in the order
in which they began to wait, at most so many in a row; then the others, in theirs; and a counter that only helps takes
nobody while somebody waits for its own services. People of a class who are yet to come go before those who wait now;
others who are yet to come do not, so nobody plays them. A counter that closes ends its visit first, and goes on when it
opens again. Who is not called in a try before all counters have closed waits in vain in it.

In each try all visits together are longer or shorter than they are believed to be, as far as that is in doubt: one
luck for all who wait, since a new office, or a slow day, is slow for everybody.

All minutes count from now. What is not played: that nobody is passed by for longer than the office's rules allow.
"""

from collections.abc import Sequence
from functools import cache
from statistics import NormalDist

import numpy as np
from numpy.typing import NDArray

from fleet.domain.queue_moment import FOREVER_MIN, Coming, Counter, QueueNow
from fleet.domain.service_times import ServiceTimes

Table = NDArray[np.float64]
Places = NDArray[np.intp]

WORTH_DOUBTING = 0.01
# A hundredth more or less is not seen beside the luck of who waits.


class Game:
    """All tries side by side: each array has a row for each of them."""

    def __init__(
        self,
        queue: QueueNow,
        services: tuple[str, ...],
        times: ServiceTimes,
        chance: np.random.Generator,
        tries: int,
    ) -> None:
        self.tries = tries
        self.chance = chance
        self.times = times
        self.services = services
        self.rows = np.arange(tries)
        self.slower = slower(times.doubt, tries, chance)
        self.in_a_row = queue.in_a_row
        self.opens, self.closes = spans(queue.counters)
        self.always_open = bool((self.closes[:, 0] >= FOREVER_MIN).all())
        self.own = np.array([[one in counter.services for one in services] for counter in queue.counters])
        self.able = self.own | np.array([[one in counter.helping for one in services] for counter in queue.counters])
        self.some_help = bool((self.own != self.able).any())
        self.free = self.first_free(queue.counters)
        self.recent = np.zeros((tries, len(queue.counters)), dtype=np.intp)
        self.starts: Table = np.full((len(queue.waiting), tries), FOREVER_MIN)
        self.newcomers: Table = np.full((tries, len(services)), FOREVER_MIN)
        self.left = np.full(tries, sum(one.service in services for one in queue.waiting))
        self.line_up(queue)

    def first_free(self, counters: Sequence[Counter]) -> Table:
        """When each counter is free for the first time."""
        free = np.zeros((self.tries, len(counters)))
        for place, counter in enumerate(counters):
            if counter.busy:
                row, lasted = self.times.row(counter.serving), counter.elapsed_min / self.slower
                free[:, place] = self.times.left(row, lasted, self.shares(1)[0]) * self.slower
            free[:, place] = self.open_at(np.full(self.tries, place), free[:, place])
        return free

    def shares(self, people: int) -> Table:
        """For each of so many people as many shares as tries, spread evenly and shuffled."""
        drawn = self.chance.random((people, 2, self.tries))
        return np.asarray((drawn[:, 0].argsort(axis=1) + drawn[:, 1]) / self.tries)

    def line_up(self, queue: QueueNow) -> None:
        """Who waits, by service, those of a class apart; and who of a class is yet to come."""
        lines: list[list[int]] = [[] for _ in self.services]
        before: list[list[tuple[float, int]]] = [[] for _ in self.services]
        for place, one in enumerate(queue.waiting):
            if one.service not in self.services:
                continue  # no counter calls for it
            service = self.services.index(one.service)
            if one.preferred_from_min is None:
                lines[service].append(place)
            else:
                before[service].append((one.preferred_from_min, place))
        rows = np.array([self.times.row(one.service) for one in queue.waiting], dtype=np.intp)
        shares = self.shares(len(rows))[::-1]  # drawn from the last on: who joins in front changes nobody's
        needs = self.times.draw(np.repeat(rows[:, None], self.tries, axis=1), shares) if len(rows) else shares
        needs = needs * self.slower
        longest = max(len(one) for one in lines)
        self.line = np.full((len(self.services), longest + 1), FOREVER_MIN)
        self.line_needs = np.zeros((len(self.services), longest + 1, self.tries))
        self.line_who = np.full((len(self.services), longest + 1), -1, dtype=np.intp)
        for service, line in enumerate(lines):
            self.line[service, : len(line)] = line
            self.line_needs[service, : len(line)] = needs[line]
            self.line_who[service, : len(line)] = line
        self.line_at = np.tile(np.arange(len(self.services)) * (longest + 1), (self.tries, 1))
        self.line_head = self.line.take(self.line_at)
        self.line_up_before(queue, before, needs)

    def line_up_before(self, queue: QueueNow, before: list[list[tuple[float, int]]], needs: Table) -> None:
        """The people of a class: when they begin to wait, what they need, and who they are (-1: yet to come)."""
        coming = {one.service: one for one in queue.coming}
        arrivals = [self.arrivals(coming.get(service)) for service in self.services]
        known = max(len(one) for one in before)
        most = known + max(one.shape[1] for one in arrivals) + 1
        shape = (len(self.services), self.tries, most)
        when, need, who = np.full(shape, FOREVER_MIN), np.zeros(shape), np.full(shape, -1, dtype=np.intp)
        for service, later in enumerate(arrivals):
            for place, (since_min, person) in enumerate(sorted(before[service])):
                when[service, :, place], need[service, :, place] = since_min, needs[person]
                who[service, :, place] = person
            n = len(before[service])
            until = n + later.shape[1]
            when[service, :, n:until] = later
            row = np.full(later.shape, self.times.row(self.services[service]), dtype=np.intp)
            need[service, :, n:until] = self.times.draw(row, self.chance.random(later.shape)) * self.slower[:, None]
            if n and later.shape[1]:
                order = np.argsort(when[service], axis=1, kind="stable")
                when[service] = np.take_along_axis(when[service], order, 1)
                need[service] = np.take_along_axis(need[service], order, 1)
                who[service] = np.take_along_axis(who[service], order, 1)
        self.before, self.before_needs, self.before_who = when, need, who
        self.before_at = np.arange(len(self.services)) * (self.tries * most) + self.rows[:, None] * most
        self.before_head = self.before.take(self.before_at)
        self.somebody_before = most > 1

    def arrivals(self, coming: Coming | None) -> Table:
        """Moments at which people of a class come, in rising order, in each try."""
        if coming is None:
            return np.empty((self.tries, 0))
        reached = np.concatenate([[0.0], np.cumsum(np.array(coming.per_min) * coming.step_min)])
        if reached[-1] <= 0:
            return np.empty((self.tries, 0))
        counts = self.chance.poisson(reached[-1], self.tries)
        shares = self.chance.random((self.tries, int(counts.max())))
        shares[np.arange(shares.shape[1])[None, :] >= counts[:, None]] = 2.0
        moments = np.interp(shares * reached[-1], reached, np.arange(len(reached)) * coming.step_min)
        moments[shares > 1.0] = FOREVER_MIN
        return np.asarray(np.sort(moments, axis=1))

    def open_at(self, counters: Places, minutes: Table) -> Table:
        """The first moment from then on at which these counters are open."""
        if self.always_open:
            return minutes
        past = (minutes[:, None] >= self.closes[counters]).sum(axis=1)
        return np.asarray(np.maximum(minutes, self.opens[counters, past]))

    def play(self) -> None:
        """Let the counter of each try that is free first take whoever is next, until all are called or all closed."""
        able_of, own_of = self.able, self.own
        free, recent = self.free.ravel(), self.recent.ravel()
        line_at, line_head, needs_of = self.line_at.ravel(), self.line_head.ravel(), self.line_needs.ravel()
        before_at, before_head = self.before_at.ravel(), self.before_head.ravel()
        before_needs, before_who = self.before_needs.ravel(), self.before_who.ravel()
        by_counter, by_service = self.rows * len(able_of), self.rows * len(self.services)
        while True:
            counter = self.free.argmin(axis=1)
            desk = by_counter + counter
            now = free.take(desk)
            if now.min() >= FOREVER_MIN:
                return
            able = able_of.take(counter, axis=0)
            if self.some_help:
                own = own_of.take(counter, axis=0)
                there = self.line_head < FOREVER_MIN
                if self.somebody_before:
                    there |= self.before_head <= now[:, None]
                able = np.where((own & there).any(axis=1)[:, None], own, able)
            in_line = np.where(able, self.line_head, FOREVER_MIN)
            mine = by_service + in_line.argmin(axis=1)
            at = line_at.take(mine)
            takes = in_line.ravel().take(mine) < FOREVER_MIN
            who, needs = self.line_who.take(at), needs_of.take(at * self.tries + self.rows)
            busy = takes
            if self.somebody_before:
                first = np.where(able & (self.before_head <= now[:, None]), self.before_head, FOREVER_MIN)
                theirs = by_service + first.argmin(axis=1)
                in_a_row = recent.take(desk)
                goes_before = (first.ravel().take(theirs) < FOREVER_MIN) & (~takes | (in_a_row < self.in_a_row))
                at_before = before_at.take(theirs)
                who = np.where(goes_before, before_who.take(at_before), who)
                needs = np.where(goes_before, before_needs.take(at_before), needs)
                at_before += goes_before
                before_at[theirs], before_head[theirs] = at_before, self.before.take(at_before)
                takes = takes & ~goes_before
                recent[desk] = (in_a_row + 1) * goes_before
                busy = takes | goes_before
            at = at + takes
            line_at[mine], line_head[mine] = at, self.line.take(at)
            called = busy & (who >= 0) & (now < FOREVER_MIN)
            self.starts[who[called], self.rows[called]] = now[called]
            self.left -= called
            then = np.where(busy, now + needs, FOREVER_MIN)
            idle = ~busy & (now < FOREVER_MIN)
            if idle.any():
                then = np.where(idle, self.after_idling(able_of.take(counter, axis=0), idle, now), then)
            free[desk] = np.minimum(self.open_at(counter, then), FOREVER_MIN)

    def after_idling(self, able: NDArray[np.bool_], idle: NDArray[np.bool_], now: Table) -> Table:
        """Whoever came now would be called; the moment at which somebody of a class comes, while that matters."""
        self.newcomers = np.minimum(self.newcomers, np.where(idle[:, None] & able, now[:, None], FOREVER_MIN))
        if not self.somebody_before:
            return np.full(self.tries, FOREVER_MIN)
        matters = (self.left > 0) | (self.newcomers >= FOREVER_MIN).any(axis=1)
        later = np.where(able, self.before_head, FOREVER_MIN).min(axis=1)
        return np.where(matters, later, FOREVER_MIN)


def slower(doubt: float, tries: int, chance: np.random.Generator) -> Table:
    """How many times longer all visits take in each try, as far as that is in doubt: spread evenly and shuffled."""
    if doubt < WORTH_DOUBTING:
        return np.ones(tries)
    return np.exp(doubt * np.array(normal(tries)))[chance.permutation(tries)]


@cache
def normal(tries: int) -> tuple[float, ...]:
    """So many equally likely values of a normal distribution."""
    return tuple(NormalDist().inv_cdf((one + 0.5) / tries) for one in range(tries))


def spans(counters: Sequence[Counter]) -> tuple[Table, Table]:
    """When counters open and close, a row each; after the last stretch they open no more."""
    most = max(len(one.open_min) for one in counters)
    opens = np.full((len(counters), most + 1), FOREVER_MIN)
    closes = np.full((len(counters), most), FOREVER_MIN)
    for place, counter in enumerate(counters):
        for n, (start, end) in enumerate(counter.open_min):
            opens[place, n], closes[place, n] = start, end
        closes[place, len(counter.open_min) :] = FOREVER_MIN
    return opens, closes
