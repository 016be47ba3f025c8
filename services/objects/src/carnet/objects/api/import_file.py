"""A file and its mapping become rows, in the hands of the person who imports (`carnet import objects`)."""

import gzip
from collections.abc import Iterator
from io import BufferedReader
from pathlib import Path

import yaml
from pydantic import ValidationError

from carnet.kernel.decider import Rejected
from carnet.objects.domain.imports.mapping import FileMapping
from carnet.objects.domain.imports.reader import read
from carnet.objects.domain.imports.rows import Row


def read_file(file: Path, mapping: FileMapping) -> Iterator[Row]:
    """Give the rows of a CSV file, also of a `.gz`; raises Rejected for a file that cannot be read as a whole.

    A file that breaks off in the middle (a cut `.gz`) raises when its readable rows were given.
    """
    with opened(file) as lines:
        try:
            yield from read(lines, mapping)
        except (EOFError, OSError) as error:
            raise Rejected(
                "{file} breaks off: {error}; what was read before is imported.", file=file, error=error
            ) from error


def opened(file: Path) -> gzip.GzipFile | BufferedReader:
    return gzip.open(file) if file.suffix == ".gz" else file.open("rb")


def read_mapping(text: str | bytes) -> FileMapping:
    """Read a mapping's YAML; raises Rejected with the place and the reason of each fault."""
    try:
        # every scalar stays text, so that the header `No` or the code `Y` is not taken for a truth value
        return FileMapping.model_validate(yaml.load(text, Loader=yaml.BaseLoader))  # noqa: S506 (makes no objects)
    except yaml.YAMLError as error:
        raise Rejected("The mapping is no YAML: {error}", error=" ".join(str(error).split())) from error
    except ValidationError as error:
        faults = (f"{'.'.join(map(str, fault['loc'])) or 'mapping'}: {fault['msg']}" for fault in error.errors())
        raise Rejected("The mapping makes no sense: {faults}", faults="; ".join(faults)) from error
