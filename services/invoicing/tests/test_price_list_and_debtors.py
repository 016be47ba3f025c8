"""Articles with prices by date, and the terms of debtors."""

from datetime import date
from decimal import Decimal

from hypothesis import given as for_all
from hypothesis import strategies as st

from carnet.invoicing.domain import article as articles
from carnet.invoicing.domain.article import PublishArticle, SetArticlePrice, article
from carnet.invoicing.domain.debtor import DebtorTerms, DebtorTermsSet, SetDebtorTerms, debtor, due_on
from carnet.invoicing.domain.price_list import price_on
from carnet.kernel.testing import Given

given, given_debtor = Given(article), Given(debtor)
jan, jul = date(2026, 1, 1), date(2026, 7, 1)
publish = PublishArticle(article="LAB", kind="labour", unit="h", names={"fr": "Main-d'œuvre"})
price = SetArticlePrice(article="LAB", valid_from=jan, unit_price=Decimal("145.00"))
(published,) = given().when(publish)
(priced,) = given(published).when(price)
(raised,) = given(published).when(price.model_copy(update={"valid_from": jul, "unit_price": Decimal("150.00")}))


def test_a_price_holds_from_its_day_to_the_next() -> None:
    state = article.fold([published, raised, priced])
    days = [date(2025, 12, 31), jan, date(2026, 6, 30), jul]
    assert [on(state, day) for day in days] == [None, Decimal("145.00"), Decimal("145.00"), Decimal("150.00")]
    assert price_on(state.prices, "EUR", jul) is None


def on(state: articles.State, day: date, customer_id: str | None = None, category: str | None = None) -> Decimal | None:
    found = price_on(state.prices, "CHF", day, customer_id, category)
    return found.unit_price if found else None


def special(unit_price: str, **more: object) -> articles.Event:
    (event,) = given(published).when(price.model_copy(update={"unit_price": Decimal(unit_price), **more}))
    return event


def test_a_price_for_customer_and_category_comes_before_the_customers_the_categorys_and_the_general_one() -> None:
    both = special("110", customer_id="K1", category="lift")
    customers, categorys = special("120", customer_id="K1"), special("130", category="lift")
    state = article.fold([published, priced, categorys, both, customers])
    asked: list[tuple[str | None, str | None]] = [
        ("K1", "lift"),
        ("K1", "door"),
        ("K2", "lift"),
        ("K2", "door"),
        (None, None),
    ]
    found = [on(state, jan, customer, category) for customer, category in asked]
    assert found == [Decimal(110), Decimal(120), Decimal(130), Decimal(145), Decimal(145)]


def test_a_particular_price_holds_from_its_day_to_its_last_one() -> None:
    offer = special("99", customer_id="K1", valid_from=date(2026, 3, 1), last_day=date(2026, 3, 31))
    state = article.fold([published, priced, offer])
    days = [date(2026, 2, 28), date(2026, 3, 1), date(2026, 3, 31), date(2026, 4, 1)]
    assert [on(state, day, "K1") for day in days] == [Decimal(145), Decimal(99), Decimal(99), Decimal(145)]


def test_a_price_does_not_end_before_it_starts() -> None:
    ends = price.model_copy(update={"last_day": date(2025, 12, 31)})
    given(published).refuses(ends, because="Let the price hold until 2026-01-01")


def test_an_article_is_published_before_it_is_priced() -> None:
    given().refuses(price, because="Publish the article")


def test_a_repeated_article_or_price_adds_nothing() -> None:
    assert given(published).when(publish) == []
    assert given(published, priced).when(price) == []


def test_an_article_that_is_described_otherwise_is_published_again() -> None:
    renamed = publish.model_copy(update={"names": {"fr": "Heure de technicien"}})
    (event,) = given(published).when(renamed)
    assert given(published, event).when(renamed) == []


def test_a_price_may_hold_for_a_single_day() -> None:
    state = article.fold([published, priced, special("99", valid_from=jul, last_day=jul)])
    assert [on(state, day) for day in (jul, date(2026, 7, 2))] == [Decimal(99), Decimal(145)]


def test_only_an_expense_has_a_mark_up() -> None:
    markup = price.model_copy(update={"unit_price": Decimal("1.10"), "is_markup": True})
    given(published).refuses(markup, because="only an expense has a mark-up")
    (expense,) = given().when(publish.model_copy(update={"kind": "expense"}))
    assert len(given(expense).when(markup)) == 1


def test_a_debtor_has_thirty_days_net() -> None:
    assert due_on(date(2026, 6, 22), DebtorTerms()) == date(2026, 7, 22)


def test_terms_are_set_once() -> None:
    monthly = DebtorTerms(rule="month_end")
    command = SetDebtorTerms(debtor_id="K1", terms=monthly)
    event = DebtorTermsSet(debtor_id="K1", terms=monthly)
    assert given_debtor().when(command) == [event]
    assert given_debtor(event).when(command) == []
    assert debtor.fold([event]) == monthly


@for_all(st.lists(st.builds(lambda n: price.model_copy(update={"unit_price": Decimal(n)}), st.integers(1, 3))))
def test_any_price_repeated_adds_nothing(commands: list[SetArticlePrice]) -> None:
    history: list[articles.Event] = [published]
    for command in commands:
        history += given(*history).when(command)
        assert given(*history).when(command) == []
