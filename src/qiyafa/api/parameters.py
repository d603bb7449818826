"""The parameters of a path and a query, read and described by one model: what is checked is what is described."""

from typing import Any, TypeVar

from fastapi.exceptions import RequestValidationError
from pydantic import BaseModel, ValidationError
from starlette.requests import Request

Model = TypeVar("Model", bound=BaseModel)


def read_parameters(model: type[Model], request: Request) -> Model:
    """Return what a request asks for. Raises RequestValidationError where it does not fit."""
    given = {name: value for name, value in request.query_params.items() if name in model.model_fields}
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
