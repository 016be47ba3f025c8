"""The billing oracle: each run looks at every day of every period that is due (R1, R2, R3, R8)."""

from collections.abc import Iterator
from datetime import date
from fractions import Fraction
from typing import Any

from oracle.account import Account, Cover, Key, Line
from oracle.calendar_days import days, month_days
from oracle.money import printed, rounded, sums


def due(cover: Cover, period: tuple[date, date], account: Account) -> dict[date, Fraction]:
    """Give what is due for a position and period, by the first day of each rate (R3).

    Each rate but the last is rounded by itself, the last takes the rest of the sum that is rounded once.
    """
    months, period_days = account.every_months, len(days(*period))
    rates = list(dict.fromkeys(account.since(day) for day in cover))
    by_months = period[0].day == 1 and all(since.day == 1 for since in rates if since > period[0])
    split: dict[date, Fraction] = {}
    for rate in rates[:-1]:
        within = {day: fee for day, fee in cover.items() if account.since(day) == rate}
        shares = (
            fee * (Fraction(1, month_days(day) * months) if by_months else Fraction(1, period_days))
            for day, fee in within.items()
        )
        split[rate] = rounded(sum(shares, Fraction()) * months / 12)
    exact = sum((fee * months for fee in cover.values()), Fraction()) / (12 * period_days)
    rest = rounded(exact) - sum(split.values())
    return {**split, **dict.fromkeys(rates[-1:], rest)}


def changed(now: Cover, before: Cover, key: Key, account: Account) -> list[date]:
    """Give the days within the rate whose cover or price changed since the last run that reached the period.

    Where none did (the rest of the split moved, or a void left nothing covered): all covered ones, or once billed ones.
    """
    within = sorted(day for day in {**now, **before} if account.since(day) == key.rate)
    moved = [day for day in within if now.get(day) != before.get(day)]
    return moved or [day for day in within if day in now] or account.once_billed(key)


def lines(account: Account, run_date: date) -> Iterator[Line]:
    """Give due minus billed per position, period and rate, and note how the run saw what it reached."""
    if account.told["contract"]["kind"] == "subscription":
        return  # billed after the work, never by its periods (R4)
    for period in account.due_periods(run_date):
        for id_, position in sorted(account.positions.items()):
            now = position.covered(period, account.end)
            before = account.seen.get((period[0], id_), {})
            owed = due(now, period, account)
            for rate in sorted({*owed, *account.rates_billed(period[0], id_)}):
                key = Key(period[0], id_, rate)
                amount = owed.get(rate, Fraction()) - account.billed(key)
                if amount:
                    yield Line(key, amount, changed(now, before, key, account))
            account.seen[period[0], id_] = now


def bill(account: Account, run_date: date) -> dict[str, Any]:
    """Give a run's invoice of the positive lines and its credit note of the negative ones."""
    found = list(lines(account, run_date))
    signed = {
        "invoice": [line for line in found if line.amount > 0],
        "credit_note": [line for line in found if line.amount < 0],
    }
    for kind, of_kind in signed.items():
        account.issue(run_date, kind, of_kind)
    documents = [shown(kind, of_kind, account) for kind, of_kind in signed.items() if of_kind]
    return {"run_date": run_date.isoformat(), "documents": documents}


def shown(kind: str, of_kind: list[Line], account: Account) -> dict[str, Any]:
    nets: dict[str, Fraction] = {}
    for line in of_kind:
        rate = account.rate(line.key.rate)
        nets[rate] = nets.get(rate, Fraction()) + abs(line.amount)
    return {
        "type": kind,
        "lines": [line_shown(line, account) for line in of_kind],
        **sums(nets, account.told["contract"]["currency"], account.told),
    }


def line_shown(line: Line, account: Account) -> dict[str, str]:
    return {
        "position": line.key.position,
        "from": min(line.days).isoformat(),
        "to": max(line.days).isoformat(),
        "net": printed(abs(line.amount)),
        "vat_rate": account.rate(line.key.rate),
    }


def play(account: Account, step: dict[str, Any]) -> dict[str, Any] | None:
    """Do what a step says; give the run that it prints, None where it prints nothing."""
    ((name, what),) = step.items()
    if name == "bill":
        return bill(account, date.fromisoformat(what["run_date"]))
    account.take(name, what)
    return None


def expected(told: dict[str, Any]) -> list[dict[str, Any]]:
    """Give the runs of a scenario of kind billing."""
    account = Account(told)
    return [run for step in told["steps"] if (run := play(account, step)) is not None]
