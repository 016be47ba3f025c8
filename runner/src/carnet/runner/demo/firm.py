"""Who and what is there on 1 January: parties, sites, objects, technicians, prices, and what customers prefer."""

from typing import Any

from carnet.runner.demo.office import Office

START = "2026-01-01"


def address(street: str, number: str, postcode: str, city: str, care_of: str | None = None) -> dict[str, Any]:
    return {"street": street, "house_number": number, "postcode": postcode, "city": city, "care_of": care_of}


PARTIES: dict[str, dict[str, Any]] = {
    "REGIE": {
        "name": "Régie Delacroix SA",
        "email": "gerance@regie-delacroix.example",
        "address": address("Avenue de Rumine", "20", "1005", "Lausanne"),
    },
    "K1": {
        "name": "PPE Résidence du Parc",
        "email": "ppe-parc@regie-delacroix.example",
        "address": address("Avenue de Rumine", "20", "1005", "Lausanne", "Régie Delacroix SA"),
    },
    "K2": {
        "name": "Clinique de la Colline SA",
        "email": "technique@clinique-colline.example",
        "address": address("Route de Berne", "41", "1010", "Lausanne"),
    },
    "K3": {
        "name": "Hôtel des Trois Tilleuls SA",
        "address": address("Grand-Rue", "7", "1260", "Nyon"),
    },
    "K4": {
        "name": "Metallbau Gerber AG",
        "language": "de",
        "email": "buero@metallbau-gerber.example",
        "address": address("Industriestrasse", "14", "3178", "Bösingen"),
    },
}

SITES: tuple[tuple[str, str, str, str | None, str | None, dict[str, Any] | None], ...] = (
    ("P-PARC", "Résidence du Parc", "project", None, "K1", None),
    ("S-FLEURETTES", "Ch. des Fleurettes 12", "site", "P-PARC", "K1",
     address("Chemin des Fleurettes", "12", "1007", "Lausanne")),
    ("S-COLLINE", "Clinique de la Colline", "site", None, "K2", address("Route de Berne", "41", "1010", "Lausanne")),
    ("S-TILLEULS", "Hôtel des Trois Tilleuls", "site", None, "K3", address("Grand-Rue", "7", "1260", "Nyon")),
    ("S-GERBER", "Metallbau Gerber", "site", None, "K4", address("Industriestrasse", "14", "3178", "Bösingen")),
    ("S-ROCHAT", "Rochat Ascenseurs, dépôt", "site", None, None,
     address("Rue de Genève", "88", "1004", "Lausanne")),
)  # fmt: skip

OBJECTS: tuple[tuple[str, str, str, str, str | None], ...] = (
    ("A", "Ascenseur A 630 kg", "lift", "S-FLEURETTES", "K1"),
    ("C", "Porte de garage C", "garage door", "S-FLEURETTES", "K1"),
    ("BL-1", "Monte-lits 1", "bed lift", "S-COLLINE", "K2"),
    ("BL-2", "Monte-lits 2", "bed lift", "S-COLLINE", "K2"),
    ("MC-HOTEL", "Monte-charge de cuisine", "dumb waiter", "S-TILLEULS", "K3"),
    ("HL-GERBER", "Hydraulischer Warenaufzug", "hydraulic lift", "S-GERBER", "K4"),
    ("FL-ROCHAT", "Chariot élévateur", "fork-lift", "S-ROCHAT", None),
)

TECHNICIANS = {
    "favre": ("Luc Favre", ("traction", "hydraulic", "doors")),
    "keller": ("Sandra Keller", ("traction", "electronics", "doors")),
    "krasniqi": ("Driton Krasniqi", ("traction", "hydraulic", "electronics")),
}

ARTICLES = (
    ("labour", "Main-d'œuvre", "h", "labour", "145.00"),
    ("travel", "Déplacement", "km", "travel", "1.20"),
    ("guide-shoes", "Coulisseaux de guidage", "piece", "part", "128.90"),
    ("door-contact", "Contact de porte", "piece", "part", "74.50"),
    ("cpu-board", "Carte CPU", "piece", "part", "612.40"),
    ("lamp", "Lampe", "piece", "part", "12.35"),
    ("oil", "Huile 1 l", "litre", "part", "18.60"),
    ("seal-kit", "Jeu de joints hydrauliques", "piece", "part", "39.95"),
)


async def found(office: Office) -> None:
    """Register the firm's world."""
    await parties(office)
    await places_and_objects(office)
    await people(office)
    for article, name, unit, kind, price in ARTICLES:
        body = {"article": article, "name": name, "unit": unit, "kind": kind, "price": price, "valid_from": START}
        await office.post("/invoicing/articles", body)
    await office.rest()  # notifications knows a party once it has heard of it
    await preferences(office)


async def parties(office: Office) -> None:
    for number, party in PARTIES.items():
        answer = await office.post("/objects/parties", {"number": number, **party})
        office.ids[number] = answer["id"]


async def places_and_objects(office: Office) -> None:
    ids = office.ids
    for number, name, kind, parent, owner, where in SITES:
        told: dict[str, Any] = {"number": number, "name": name, "kind": kind, "address": where, "canton": "VD"}
        body = told | {"parent_id": ids[parent] if parent else None, "owner_id": ids[owner] if owner else None}
        ids[number] = (await office.post("/objects/sites", body))["id"]
    manager = {"role": "manager", "party_id": ids["REGIE"], "valid_from": START}
    await office.post(f"/objects/sites/{ids['S-FLEURETTES']}/responsibilities", manager)
    for number, name, kind, site, debtor in OBJECTS:
        item = {"number": number, "name": name, "kind": kind, "parent_id": ids[site], "registered_on": START}
        body = {**item, "debtor_id": ids[debtor] if debtor else None, "internal": debtor is None}
        ids[number] = (await office.post("/objects/items", body))["id"]


async def people(office: Office) -> None:
    for number, (name, skills) in TECHNICIANS.items():
        technician = (await office.post("/dispatch/technicians", {"number": number, "name": name}))["id"]
        office.ids[number] = technician
        for skill in skills:
            body = {"skill": skill, "valid_from": START}
            await office.post(f"/dispatch/technicians/{technician}/skills", body)
    weights = {"number": "TW-1000", "kind": "test weights", "name": "Poids d'essai 1000 kg"}
    office.ids["weights"] = (await office.post("/dispatch/equipment", weights))["id"]


async def preferences(office: Office) -> None:
    ids = office.ids
    await office.put(f"/notifications/preferences/{ids['K3']}", {"channel": "letter"})
    await office.put(f"/invoicing/debtors/{ids['K2']}", {"rule": "month_end"})
    await office.put(f"/invoicing/debtors/{ids['K3']}", {"channel": "letter"})


async def sign_contracts(office: Office) -> None:
    """Sign C-1 and C-2; C-3 comes by itself with its sales order."""
    ids = office.ids
    quarterly = {"cycle_id": "A-Q", "service": "Entretien trimestriel", "every_months": 3, "anchor": "2026-01-15",
                 "skills": ["traction"], "tolerance_days": 10}  # fmt: skip
    yearly = {"cycle_id": "A-Y", "service": "Contrôle annuel", "every_months": 12, "anchor": "2026-04-15", "persons": 2,
              "skills": ["traction"], "equipment": ["test weights"], "tolerance_days": 10}  # fmt: skip
    door = {"cycle_id": "C-Y", "service": "Entretien annuel", "every_months": 12, "anchor": "2026-06-10",
            "skills": ["doors"], "tolerance_days": 10}  # fmt: skip
    await office.post("/contracts", {
        "number": "C-1", "kind": "maintenance", "debtor_id": ids["K1"], "start": START, "recorded": START,
        "billing": {"every_months": 6},
        "positions": [
            {"position_id": "A", "object_id": ids["A"], "fee": "1680.00", "text": "Ascenseur A",
             "cycles": [quarterly, yearly]},
            {"position_id": "C", "object_id": ids["C"], "fee": "480.00", "text": "Porte de garage C", "cycles": [door]},
        ],
        "coverage": {"order_types": ["maintenance"], "shares": {"labour": "1", "travel": "1", "parts": "0.5"}},
        "reactions": [{"priority": "normal", "within_minutes": 240, "escalate_before_minutes": 60}],
    })  # fmt: skip
    notice = {"cycle_id": "M-6", "service": "Service semestriel", "every_months": 6, "anchor": "2026-03-09",
              "prepare_days_before": 0}  # fmt: skip
    await office.post("/contracts", {
        "number": "C-2", "kind": "subscription", "debtor_id": ids["K3"], "start": START, "recorded": START,
        "positions": [{"position_id": "M", "object_id": ids["MC-HOTEL"], "cycles": [notice]}],
    })  # fmt: skip
