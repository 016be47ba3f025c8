"""The JSON Schemas of the published language: exported, kept in `shared/events/schemas/`, and only ever added to."""

import json
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any, Final

from carnet.events.catalogue import CATALOGUE

FOLDER: Final = Path(__file__).parents[3] / "schemas"
PROSE: Final = frozenset({"title", "description", "default", "examples"})
Schema = Mapping[str, Any]


class Incompatible(Exception):
    """A change that breaks somebody: an old event that no longer reads, or a reader that no longer understands."""


def exported() -> dict[str, Schema]:
    """Give each type's schema as the models say it now, as on the wire."""
    return {name: fact.model_json_schema(mode="serialization") for name, fact in CATALOGUE.items()}


def kept(folder: Path = FOLDER) -> dict[str, Schema]:
    """Give the schemas as they are checked in."""
    return {file.stem: json.loads(file.read_text()) for file in sorted(folder.glob("*.json"))}


def keep(folder: Path = FOLDER) -> None:
    """Write the exported schemas; raises Incompatible, and then writes nothing."""
    new = exported()
    if breaks := list(breaches(kept(folder), new)):
        raise Incompatible("\n".join(breaks))
    folder.mkdir(exist_ok=True)
    for name, schema in new.items():
        (folder / f"{name}.json").write_text(text(schema))


def text(schema: Schema) -> str:
    return json.dumps(schema, indent=2, sort_keys=True, ensure_ascii=False) + "\n"


def breaches(old: Mapping[str, Schema], new: Mapping[str, Schema]) -> Iterator[str]:
    """Name each change that is not additive (rule 17): a breaking one opens a new version instead."""
    for name, schema in old.items():
        if name not in new:
            yield f"{name}: the type is gone; published names live for ever."
        else:
            yield from broken(name, whole(schema), whole(new[name]))


def whole(schema: Schema) -> Any:
    """Give a schema with its references resolved and its prose taken out, so that two can be compared."""
    definitions = schema.get("$defs", {})

    def resolve(part: Any, inside: tuple[str, ...] = ()) -> Any:
        if isinstance(part, list):
            return [resolve(each, inside) for each in part]
        if not isinstance(part, dict):
            return part
        if "$ref" in part:
            name = part["$ref"].rsplit("/", 1)[1]
            return {"recursive": name} if name in inside else resolve(definitions[name], (*inside, name))
        return {key: resolved(key, value, inside) for key, value in part.items() if key not in {"$defs", *PROSE}}

    def resolved(key: str, value: Any, inside: tuple[str, ...]) -> Any:
        if key == "properties":  # a field may well be called "title"
            return {name: resolve(field, inside) for name, field in value.items()}
        return resolve(value, inside)

    return resolve(schema)


def broken(where: str, old: Any, new: Any) -> Iterator[str]:
    if not (isinstance(old, dict) and isinstance(new, dict)):
        if old != new:
            yield f"{where}: was {json.dumps(old)}, is {json.dumps(new)}."
        return
    yield from broken_fields(where, old.get("properties", {}), new.get("properties", {}))
    yield from broken_requirements(where, set(old.get("required", ())), set(new.get("required", ())))
    for key in sorted((old.keys() | new.keys()) - {"properties", "required"}):
        yield from broken(f"{where} {key}", old.get(key), new.get(key))


def broken_fields(where: str, old: Schema, new: Schema) -> Iterator[str]:
    for name, field in old.items():
        if name not in new:
            yield f"{where}.{name}: the field is gone."
        else:
            yield from broken(f"{where}.{name}", field, new[name])


def broken_requirements(where: str, old: set[str], new: set[str]) -> Iterator[str]:
    for name in sorted(new - old):
        yield f"{where}.{name}: is required now; events that are kept do not have it."
    for name in sorted(old - new):
        yield f"{where}.{name}: may be missing now; consumers rely on it."


def check(folder: Path = FOLDER) -> list[str]:
    """Name what is wrong with the schemas as they are checked in: [] when they are as the models say."""
    old, new = kept(folder), exported()
    if breaks := list(breaches(old, new)):
        return breaks
    stale = [name for name in new if name not in old or text(old[name]) != text(new[name])]
    return [f"{name}: the schema is not checked in as it is; run `carnet events schemas`." for name in stale]
