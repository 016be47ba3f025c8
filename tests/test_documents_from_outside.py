"""No service takes a file: all documents are Carnet's own, and there is no upload whose content could be another."""

import json
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Annotated, Any

import pytest
from fastapi import Body, UploadFile
from fastapi.dependencies.models import Dependant
from fastapi.params import File
from fastapi.routing import APIRoute
from pydantic import TypeAdapter

from carnet.kernel.serve import build
from carnet.kernel.service import CONTEXTS

BYTES = ('"binary"', '"byte"', "base64", "contentEncoding", "contentMediaType")


@pytest.mark.parametrize("context", CONTEXTS)
def test_no_request_brings_bytes(context: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CARNET_DATA", str(tmp_path))
    found = list(endpoints(build(context).routes))
    assert {"/", "/ops/pages/rebuild", "/ops/day"} <= {route.path for route in found}
    assert [f"{route.path}: {wrong}" for route in found for wrong in bytes_in(route.dependant)] == []


def endpoints(routes: Iterable[Any]) -> Iterator[APIRoute]:
    """Give every endpoint of an app, pages too."""
    for route in routes:
        if (included := getattr(route, "original_router", None)) is not None:
            yield from endpoints(included.routes)
        elif isinstance(route, APIRoute):
            yield route


def bytes_in(asked: Dependant) -> Iterator[str]:
    """Name what of a request's body may be bytes, also where a dependency asks for it."""
    for field in asked.body_params:
        schema = json.dumps(TypeAdapter[Any](field.field_info.annotation or Any).json_schema())
        if isinstance(field.field_info, File) or any(word in schema for word in BYTES):
            yield field.name
    for each in asked.dependencies:
        yield from bytes_in(each)


def test_bytes_would_be_found() -> None:
    async def takes_in_json(photo: Annotated[dict[str, bytes], Body()]) -> None:
        """Take some photos in JSON."""

    async def uploads(photo: UploadFile) -> None:
        """Take a file."""

    for endpoint in (takes_in_json, uploads):
        assert list(bytes_in(APIRoute("/photos", endpoint, methods=["POST"]).dependant)) == ["photo"]
