"""Who lacks a skill is refused, and the sentence says who has it; suggestions say why."""

from carnet.dispatch.domain.qualification import Candidate, Suggestion, objection, suggestions

service = "on military service from 8 to 26 June"
favre = Candidate(technician_id="t1", name="Luc Favre", skills=frozenset({"traction", "hydraulic", "doors"}))
keller = Candidate(technician_id="t2", name="Sandra Keller", skills=frozenset({"traction", "electronics", "doors"}))
krasniqi = Candidate(
    technician_id="t3", name="Driton Krasniqi", skills=frozenset({"traction", "hydraulic", "electronics"})
)
soldier = favre.model_copy(update={"busy": service})


def test_keller_is_refused_for_hydraulic_and_krasniqi_named() -> None:
    assert objection(["hydraulic"], [keller], [soldier, keller, krasniqi]) == (
        "Sandra Keller lacks hydraulic, which this order needs; Driton Krasniqi has hydraulic and is free."
    )


def test_several_who_could_go_are_named() -> None:
    assert objection(["hydraulic"], [keller], [favre, krasniqi]) == (
        "Sandra Keller lacks hydraulic, which this order needs; "
        "Luc Favre and Driton Krasniqi have hydraulic and are free."
    )


def test_where_nobody_is_free_the_time_is_to_change() -> None:
    assert objection(["hydraulic"], [keller], [soldier]) == (
        "Sandra Keller lacks hydraulic, which this order needs; "
        "nobody else with hydraulic is free then: choose another time."
    )


def test_each_of_the_chosen_needs_every_skill() -> None:
    assert objection(["traction", "electronics"], [keller, krasniqi], []) is None
    refusal = objection(["traction", "electronics", "doors"], [keller, krasniqi], [])
    assert refusal is not None
    assert refusal.startswith("Driton Krasniqi lacks doors")


def test_suggestions_put_those_who_can_first_and_say_why() -> None:
    assert suggestions(["hydraulic"], [soldier, keller, krasniqi]) == [
        Suggestion(technician_id="t3", name="Driton Krasniqi", suitable=True, because="has hydraulic and is free"),
        Suggestion(technician_id="t1", name="Luc Favre", suitable=False, because=service),
        Suggestion(technician_id="t2", name="Sandra Keller", suitable=False, because="lacks hydraulic"),
    ]


def test_without_needs_whoever_is_free_can_go() -> None:
    assert suggestions([], [soldier, keller])[0].because == "is free"
