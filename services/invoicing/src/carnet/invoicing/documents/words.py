"""Every word that a document prints by itself, in French, German and English."""

from carnet.invoicing.documents.model import Language

ORDER: tuple[Language, ...] = ("fr", "de", "en")

WORDS: dict[str, tuple[str, str, str]] = {
    "invoice": ("Facture", "Rechnung", "Invoice"),
    "collective-invoice": ("Facture collective", "Sammelrechnung", "Collective invoice"),
    "credit-note": ("Note de crédit", "Gutschrift", "Credit note"),
    "reminder": ("Rappel", "Mahnung", "Reminder"),
    "page": ("Page", "Seite", "Page"),
    "date": ("Date", "Datum", "Date"),
    "due": ("Échéance", "Fällig am", "Due on"),
    "corrects": ("Rectifie la facture", "Berichtigt Rechnung", "Corrects invoice"),
    "of": ("du", "vom", "of"),
    "vat_suffix": ("TVA", "MWST", "VAT"),
    "customer_vat": ("Votre n° TVA", "Ihre MWST-Nummer", "Your VAT number"),
    "line_vat": ("TVA {rate} %", "MWST {rate} %", "VAT {rate} %"),
    "customer_reference": ("Votre référence", "Ihre Referenz", "Your reference"),
    "service_on": ("Prestation du", "Leistung vom", "Service on"),
    "text": ("Désignation", "Bezeichnung", "Description"),
    "quantity": ("Quantité", "Menge", "Quantity"),
    "unit_price": ("Prix unitaire", "Einzelpreis", "Unit price"),
    "list_amount": ("Prix catalogue", "Listenpreis", "List price"),
    "contract_percent": ("Pris en charge", "Gedeckt", "Covered"),
    "amount": ("Montant", "Betrag", "Amount"),
    "subtotal": ("Sous-total", "Zwischensumme", "Subtotal"),
    "covered": (
        "Votre contrat prend en charge {covered} sur {listed} au prix catalogue.",
        "Ihr Vertrag deckt {covered} von {listed} zum Listenpreis.",
        "Your contract covers {covered} of {listed} at list price.",
    ),
    "warranty": ("Garantie", "Garantie", "Warranty"),
    "under_warranty": (
        "La garantie prend en charge {borne} au prix catalogue.",
        "Die Garantie deckt {borne} zum Listenpreis.",
        "The warranty covers {borne} at list price.",
    ),
    "net": ("Total hors TVA", "Total exkl. MWST", "Total excl. VAT"),
    "vat": ("TVA {rate} % sur {net}", "MWST {rate} % auf {net}", "VAT {rate} % on {net}"),
    "total": ("Total TVA comprise", "Total inkl. MWST", "Total incl. VAT"),
    "rounding": ("Arrondi", "Rundung", "Rounding"),
    "payable": ("Montant à payer", "Zahlbarer Betrag", "Amount payable"),
    "credited": ("Montant en votre faveur", "Betrag zu Ihren Gunsten", "Amount in your favour"),
    "terms": (
        "Payable à {days} jours net, jusqu’au {due}.",
        "Zahlbar innert {days} Tagen netto, bis {due}.",
        "Payable within {days} days net, by {due}.",
    ),
    "terms_due": ("Payable jusqu’au {due}.", "Zahlbar bis {due}.", "Payable by {due}."),
    "credit_terms": (
        "Ce montant est porté à votre crédit\N{NARROW NO-BREAK SPACE}; aucun paiement n’est à effectuer.",
        "Dieser Betrag wird Ihnen gutgeschrieben; es ist keine Zahlung nötig.",
        "This amount is credited to you; no payment is needed.",
    ),
    "reminder_intro": (
        (
            "Sauf erreur de notre part, les factures ci-dessous ne sont pas encore payées. Nous vous prions de les"
            " régler et vous en remercions. Si votre paiement est déjà en route, ce rappel est sans objet."
        ),
        (
            "Gemäss unseren Büchern sind die folgenden Rechnungen noch offen. Wir bitten Sie um deren Zahlung und"
            " danken Ihnen dafür. Falls Ihre Zahlung schon unterwegs ist, betrachten Sie diese Mahnung als"
            " gegenstandslos."
        ),
        (
            "According to our books the following invoices are still open. Please pay them; thank you. If your"
            " payment is already under way, please disregard this reminder."
        ),
    ),
    "reminder_terms": (
        "Veuillez utiliser les sections paiement des factures mentionnées. Un rappel n’est pas soumis à la TVA.",
        "Bitte verwenden Sie die Zahlteile der genannten Rechnungen. Eine Mahnung unterliegt nicht der MWST.",
        "Please use the payment parts of the invoices listed. A reminder bears no VAT.",
    ),
    "invoice_number": ("Facture", "Rechnung", "Invoice"),
    "invoice_date": ("Date", "Datum", "Date"),
    "level": ("Rappel n°", "Mahnstufe", "Reminder no."),
    "open_amount": ("Montant ouvert", "Offener Betrag", "Open amount"),
    "h": ("h", "Std.", "h"),
    "km": ("km", "km", "km"),
    "piece": ("pce", "Stk.", "pc"),
    "litre": ("l", "l", "l"),
    "flat": ("", "", ""),
    "year": ("an", "Jahr", "year"),
    "payment_part": (
        "Section paiement QR\N{NARROW NO-BREAK SPACE}: {payable}, compte {account}, référence {reference}",
        "QR-Zahlteil: {payable}, Konto {account}, Referenz {reference}",
        "QR payment part: {payable}, account {account}, reference {reference}",
    ),
}


def words(language: Language) -> dict[str, str]:
    """The catalogue in one language."""
    column = ORDER.index(language)
    return {key: translations[column] for key, translations in WORDS.items()}
