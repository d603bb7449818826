"""The parameters of a path and a query, read and described by one model: what is checked is what is described."""

from typing import Any, TypeVar

from fastapi.exceptions import RequestValidationError
from pydantic import BaseModel, ValidationError
from starlette.requests import Request

from qiyafa.model.errors import InvalidInput

Model = TypeVar("Model", bound=BaseModel)


def read_parameters(model: type[Model], request: Request) -> Model:
    """Return what a request asks for. Raises RequestValidationError where it does not fit, InvalidInput where it says
    one thing twice: an answer to another question than the one that was meant must not be given.
    """
    given: dict[str, str] = {}
    for name, value in request.query_params.multi_items():
        if name in given:
            raise InvalidInput("serve.error.query_twins", name=name)
        given[name] = value
    try:
        return model.model_validate(given | request.path_params)
    except ValidationError as error:
        found = error.errors(include_url=False, include_input=False)
        places = [("path" if one["loc"][0] in request.path_params else "query", *one["loc"]) for one in found]
        raise RequestValidationError(
            [{**one, "loc": place} for one, place in zip(found, places, strict=True)]
        ) from error


def parameters(model: type[BaseModel], *, in_path: str) -> list[dict[str, Any]]:
    """Return the parameters as OpenAPI describes them; those in the query may be left out."""
    described = model.model_json_schema()["properties"]
    return [
        {
            "name": name,
            "in": "path" if name == in_path else "query",
            "required": name == in_path,
            "schema": {key: value for key, value in schema.items() if key != "default"},
        }
        for name, schema in described.items()
    ]
