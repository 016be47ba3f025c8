"""The service outside its year: what is stored can be read back, and what a person is told."""

from typing import Any, get_args

from pydantic import BaseModel

from carnet.invoicing.streams import CODEC


def models_in(annotation: Any) -> set[type[BaseModel]]:
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        return {annotation}.union(*(models_in(f.annotation) for f in annotation.model_fields.values()))
    return set().union(*(models_in(each) for each in get_args(annotation)))


def test_what_may_be_none_may_be_missing_in_the_store() -> None:
    """The codec leaves out what is None."""
    stored = set().union(*(models_in(event) for event in events()))
    required = [
        f"{model.__name__}.{name}"
        for model in stored
        for name, field in model.model_fields.items()
        if type(None) in get_args(field.annotation) and field.is_required()
    ]
    assert required == []
