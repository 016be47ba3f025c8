"""Whoever is sent to an order has every skill that it needs; if not, we say who has."""

from collections.abc import Iterable, Sequence

from pydantic import BaseModel

from carnet.kernel.sentence import Sentence


class Candidate(BaseModel, frozen=True):
    """A technician as a planner sees him for one day and time; `busy` says why he is not free."""

    technician_id: str
    name: str
    skills: frozenset[str] = frozenset()
    busy: str | None = None


class Suggestion(BaseModel, frozen=True):
    """Whether a technician can do an order, and why."""

    technician_id: str
    name: str
    suitable: bool
    because: str


def lacking(needed: Iterable[str], candidate: Candidate) -> list[str]:
    """Give the needed skills that the candidate does not have."""
    return [skill for skill in needed if skill not in candidate.skills]


def objection(needed: Sequence[str], chosen: Sequence[Candidate], others: Sequence[Candidate]) -> str | None:
    """Say who of the chosen lacks what and who could go instead; None when all can do it."""
    for candidate in chosen:
        if missing := lacking(needed, candidate):
            sent = {each.technician_id for each in chosen}
            instead = [each for each in others if each.technician_id not in sent]
            return Sentence(
                "{name} lacks {skills}, which this order needs; {others}.",
                name=candidate.name,
                skills=listed(missing),
                others=able(needed, instead),
            )
    return None


def able(needed: Sequence[str], others: Iterable[Candidate]) -> str:
    """Say who of the others can do it: "Driton Krasniqi has hydraulic and is free"."""
    names = [each.name for each in others if not each.busy and not lacking(needed, each)]
    if not names:
        return Sentence("nobody else with {skills} is free then: choose another time", skills=listed(needed))
    if len(names) == 1:
        return Sentence("{name} has {skills} and is free", name=names[0], skills=listed(needed))
    return Sentence("{names} have {skills} and are free", names=listed(names), skills=listed(needed))


def suggestions(needed: Sequence[str], candidates: Iterable[Candidate]) -> list[Suggestion]:
    """Judge each candidate, those who can do it first, then by name."""
    judged = [judge(needed, candidate) for candidate in candidates]
    return sorted(judged, key=lambda each: (not each.suitable, each.name, each.technician_id))


def judge(needed: Sequence[str], candidate: Candidate) -> Suggestion:
    missing = lacking(needed, candidate)
    reasons = ([f"lacks {listed(missing)}"] if missing else []) + ([candidate.busy] if candidate.busy else [])
    praise = f"has {listed(needed)} and is free" if needed else "is free"
    return Suggestion(
        technician_id=candidate.technician_id,
        name=candidate.name,
        suitable=not reasons,
        because=" and ".join(reasons) or praise,
    )


def listed(words: Sequence[str]) -> str:
    """Say a list: "a", "a and b", "a, b and c"."""
    *before, last = words
    return Sentence("{words} and {last}", words=", ".join(before), last=last) if before else last
