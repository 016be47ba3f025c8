"""Scenarios of kind billing that grow step by step: what can be voided is asked of the oracle."""

from collections.abc import Callable
from datetime import date, timedelta
from typing import Any

from hypothesis import strategies as st

from oracle.account import Account
from oracle.drawn_fees import FEES, contracts, days_of, position, vat
from oracle.fees import play

PAYABLE = [{}, {"CHF": "0.05"}, {"CHF": "0.05", "EUR": "0.01"}, {"CHF": "1"}, {"EUR": "0.10"}]
NEW_IDS = ["C", "D", "Ab", "E", "F", "G", "H", "I", "J", "K", "L", "M"]
Days = st.SearchStrategy[date]


def a_bill(draw: st.DrawFn, account: Account, days: Days) -> dict[str, Any]:
    return {"bill": {"run_date": draw(days).isoformat()}}


def an_addition(draw: st.DrawFn, account: Account, days: Days) -> dict[str, Any]:
    id_ = next(id_ for id_ in NEW_IDS if id_ not in account.positions)
    return {"add": {"recorded": draw(days).isoformat(), "position": draw(position(id_, days))}}


def a_removal(draw: st.DrawFn, account: Account, days: Days) -> dict[str, Any]:
    """A removal to an earlier or a later day, now and then altogether; often of one that was removed before."""
    id_ = draw(st.just(min(account.positions)) | st.sampled_from(sorted(account.positions)))
    never = account.positions[id_].first - timedelta(days=1)
    return {"remove": {"id": id_, "last_day": draw(days | st.just(never)).isoformat()}}


def a_price(draw: st.DrawFn, account: Account, days: Days) -> dict[str, Any]:
    id_ = draw(st.sampled_from(sorted(account.positions)))
    since = max(draw(days), account.positions[id_].first)
    return {"reprice": {"recorded": since.isoformat(), "id": id_, "fee": draw(FEES), "from": since.isoformat()}}


def an_end(draw: st.DrawFn, account: Account, days: Days) -> dict[str, Any]:
    name = draw(st.sampled_from(["terminate", "extend"]))
    return {name: {"recorded": draw(days).isoformat(), "last_day": draw(days).isoformat()}}


def a_void(draw: st.DrawFn, account: Account, days: Days) -> dict[str, Any]:
    """The void of a document that stands; a bill where none does."""
    stand = [document for document in account.documents if document.stands]
    if not stand:
        return a_bill(draw, account, days)
    document = draw(st.sampled_from(stand))
    return {"void": {"run_date": document.run_date.isoformat(), "type": document.type}}


Act = Callable[[st.DrawFn, Account, Days], dict[str, Any]]
ACTS: list[Act] = [a_bill, a_bill, a_bill, an_addition, a_removal, a_removal, a_price, a_price, an_end, a_void, a_void]


@st.composite
def billing(draw: st.DrawFn) -> dict[str, Any]:
    """A whole scenario, which ends with a run."""
    contract, steps = draw(contracts()), list[dict[str, Any]]()
    told = {"kind": "billing", "contract": contract, "vat": draw(vat()), "steps": steps}
    told["payable_step"] = draw(st.sampled_from(PAYABLE))
    account = Account(told)
    days = days_of(date.fromisoformat(contract["start"]), account.every_months)
    size = draw(st.sampled_from([2, 4, 6, 8, 12]))
    acts = draw(st.lists(st.sampled_from(ACTS), min_size=size, max_size=size))
    for act in [*acts, a_bill]:
        steps.append(act(draw, account, days))
        play(account, steps[-1])
    return told
