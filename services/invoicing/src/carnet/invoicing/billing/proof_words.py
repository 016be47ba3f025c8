"""A proof in sentences, in the language of its document: for the customer's accountant (B2)."""

from collections.abc import Iterator, Mapping, Sequence
from fractions import Fraction
from types import MappingProxyType
from typing import Final

from carnet.invoicing.billing.wording import in_language
from carnet.invoicing.documents.figures import amount, day, percent, signed
from carnet.invoicing.domain.cover import Segment
from carnet.invoicing.domain.document import Document, DocumentLine
from carnet.invoicing.domain.fee_line import FeeLine
from carnet.invoicing.read_models.versions import VersionRow

DIGITS = 6  # of an exact amount as it is shown beside its fraction
WORDS: Final[Mapping[str, tuple[str, str, str]]] = MappingProxyType(
    {
        "signed": ("signé", "unterzeichnet", "signed"),
        "amended": ("modifié", "geändert", "amended"),
        "renewed": ("renouvelé", "verlängert", "renewed"),
        "terminated": ("résilié", "gekündigt", "terminated"),
        "version": (
            "Contrat {contract}, version {n} : {change}, valable dès le {since}, enregistré le {recorded}.",
            "Vertrag {contract}, Version {n}: {change}, gültig ab {since}, erfasst am {recorded}.",
            "Contract {contract}, version {n}: {change}, valid from {since}, recorded on {recorded}.",
        ),
        "period": (
            "Période du {first} au {last}, {days} jours.",
            "Periode vom {first} bis {last}, {days} Tage.",
            "Period from {first} to {last}, {days} days.",
        ),
        "segment": (
            "Du {first} au {last} : {days} jours à {fee} par an, TVA {rate} %.",
            "Vom {first} bis {last}: {days} Tage zu {fee} im Jahr, MWST {rate} %.",
            "From {first} to {last}: {days} days at {fee} a year, VAT {rate} %.",
        ),
        "due": (
            "Dû pour la période : {fraction} = {exact}, arrondi une fois à {rounded}.",
            "Für die Periode geschuldet: {fraction} = {exact}, einmal gerundet auf {rounded}.",
            "Due for the period: {fraction} = {exact}, rounded once to {rounded}.",
        ),
        "part": (
            "Dont au taux de {rate} % : {part}.",
            "Davon zum Satz von {rate} %: {part}.",
            "Of it at the rate of {rate} %: {part}.",
        ),
        "before": (
            "Facturé auparavant à ce taux : {before}. Cette ligne : {net}.",
            "Zu diesem Satz früher verrechnet: {before}. Diese Zeile: {net}.",
            "Billed before at this rate: {before}. This line: {net}.",
        ),
        "work": (
            "{quantity} × {price} = {listed} ; à la charge du client : {net}.",
            "{quantity} × {price} = {listed}; zulasten des Kunden: {net}.",
            "{quantity} × {price} = {listed}; borne by the customer: {net}.",
        ),
        "goodwill": (
            "Geste commercial sur la ligne {line} de {number} : {net}.",
            "Kulanz auf der Zeile {line} von {number}: {net}.",
            "Goodwill on the line {line} of {number}: {net}.",
        ),
        "default": ("par défaut", "von sich aus", "by default"),
        "article": ("par l’article", "vom Artikel", "by the article"),
        "place": ("par le lieu de la prestation", "vom Ort der Leistung", "by the place of service"),
        "debtor": ("par le débiteur", "vom Debitor", "by the debtor"),
        "code": (
            "Code TVA {code}, décidé {by}.",
            "MWST-Code {code}, bestimmt {by}.",
            "Tax code {code}, decided {by}.",
        ),
        "corrects": (
            "Rectifie la ligne {line} de {number}.",
            "Berichtigt die Zeile {line} von {number}.",
            "Corrects the line {line} of {number}.",
        ),
        "rounding": (
            "Total du document {total}, arrondi à {payable} : {rounding}.",
            "Total des Dokuments {total}, gerundet auf {payable}: {rounding}.",
            "Total of the document {total}, rounded to {payable}: {rounding}.",
        ),
        "warranty": (
            "À la charge de la garantie : {percent} %.",
            "Zulasten der Garantie: {percent} %.",
            "Borne by the warranty: {percent} %.",
        ),
        "contract": (
            "À la charge du contrat : {percent} %.",
            "Zulasten des Vertrags: {percent} %.",
            "Borne by the contract: {percent} %.",
        ),
        "vat": (
            "TVA du document au taux de {rate} % : {base} × {rate} % = {tax}.",
            "MWST des Dokuments zum Satz von {rate} %: {base} × {rate} % = {tax}.",
            "VAT of the document at {rate} %: {base} × {rate} % = {tax}.",
        ),
    }
)


def say(language: str, word: str, **values: object) -> str:
    return in_language(WORDS[word], language).format(**values)


def fee_sentences(document: Document, line: FeeLine, contract: str, versions: Sequence[VersionRow]) -> Iterator[str]:
    """Tell a fee from the versions that led to it to the line's amount."""
    language, proof = document.language, line.proof
    for row in versions:
        yield version_sentence(language, contract, row)
    first, last = line.period.first_day, line.period.last_day
    yield say(language, "period", first=day(first), last=day(last), days=proof.period_days)
    yield from (segment_sentence(language, segment) for segment in proof.segments)
    exact, rounded = shown(proof.fraction), amount(proof.due_in_period)
    yield say(language, "due", fraction=proof.fraction, exact=exact, rounded=rounded)
    yield say(language, "part", rate=percent(line.vat_rate), part=amount(proof.due))
    net = amount(line.net if document.kind != "credit_note" else -line.net)
    yield say(language, "before", before=amount(proof.billed_before), net=net)


def version_sentence(language: str, contract: str, row: VersionRow) -> str:
    since, recorded = (day(each) if each else "–" for each in (row.valid_from, row.recorded))
    change = say(language, row.change)
    told = say(language, "version", contract=contract, n=row.version, change=change, since=since, recorded=recorded)
    return f"{told} {row.reason}".rstrip()


def segment_sentence(language: str, segment: Segment) -> str:
    return say(
        language,
        "segment",
        first=day(segment.first_day),
        last=day(segment.last_day),
        days=segment.days,
        fee=amount(segment.fee),
        rate=percent(segment.rate),
    )


def shown(fraction: str) -> str:
    """Write an exact amount to six digits; "…" says that it goes on."""
    exact = Fraction(fraction)
    scaled = exact * 10**DIGITS
    whole, rest = divmod(abs(scaled.numerator), scaled.denominator)
    sign = "-" if exact < 0 else ""
    return f"{sign}{whole // 10**DIGITS}.{whole % 10**DIGITS:0{DIGITS}d}{'…' if rest else ''}"


def work_sentence(document: Document, line: DocumentLine) -> str:
    figures = {"quantity": percent(line.quantity), "price": amount(line.unit_price), "listed": amount(line.list_amount)}
    return say(document.language, "work", net=amount(line.net), **figures)


def line_sentences(document: Document, line: DocumentLine) -> Iterator[str]:
    """Tell of any line who bears a share of it, what it corrects and its tax, and how its document is rounded."""
    language, foot = document.language, document.totals
    if line.borne_share:
        yield say(language, line.borne_by, percent=percent(100 * line.borne_share))
    if line.corrects and not document.goodwill:
        yield say(language, "corrects", line=line.corrects.line_id, number=line.corrects.number)
    yield say(language, "code", code=line.tax_code, by=say(language, line.tax_decided_by))
    yield vat_sentence(document, line)
    if foot.rounding:
        figures = {"total": amount(foot.total), "payable": amount(foot.payable), "rounding": signed(foot.rounding)}
        yield say(language, "rounding", **figures)


def goodwill_sentence(document: Document, line: DocumentLine) -> str:
    named = line.corrects
    line_id, number = (named.line_id, named.number) if named else ("", "")
    return say(document.language, "goodwill", line=line_id, number=number, net=amount(line.net))


def vat_sentence(document: Document, line: DocumentLine) -> str:
    rate, base = line.vat_rate, sum(each.net for each in document.lines if each.vat_rate == line.vat_rate)
    tax = document.totals.vat[rate]
    return say(document.language, "vat", rate=percent(rate), base=amount(base + 0 * tax), tax=amount(tax))
