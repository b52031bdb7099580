"""What holds for all operations of the API in its description: errors, headers, components."""

from collections.abc import Iterator
from http import HTTPStatus

from accounts.imports.kinds import KINDS
from accounts.imports.records import Kind
from accounts.rest import describing, uploads
from csplatform.web.problems import PROBLEM
from metrics.rest.parameters import FIT
from tenants.typing import Json

Part = Json
READS = ("get", "head", "options")
TEXT: Part = {"type": "string"}
ALWAYS = (400, 401, 403, 404, 405, 406, 429, 503)
WITH_A_BODY = (409, 413, 415, 422)
OF_OBJECTS = (409, 412)
MAY_COME_AGAIN = (429, 503)
ERROR: Part = {
    "type": "object",
    "properties": {
        "code": TEXT,
        "detail": TEXT,
        "pointer": {
            "type": ["string", "null"],
            "description": "Where in the body, or which parameter, as a JSON pointer.",
        },
    },
    "required": ["code", "detail", "pointer"],
}
PROPERTIES: Part = {
    "type": {"type": "string", "format": "uri-reference"},
    "title": TEXT,
    "status": {"type": "integer", "minimum": 400, "maximum": 599},
    "detail": TEXT,
    "instance": TEXT,
    "request_id": TEXT,
    "errors": {"type": "array", "items": describing.reference("ProblemError")},
}
ETAG: Part = {"ETag": {"$ref": "#/components/headers/ETag"}}
HEADERS: Part = {
    "ETag": {"schema": TEXT, "description": "The state of the object, a strong entity tag."},
    "RetryAfter": {"schema": {"type": "integer", "minimum": 0}, "description": "Seconds."},
}
CONDITIONS = {
    "IfMatch": ("If-Match", "Only if the object has one of these entity tags; else 412."),
    "IfNoneMatch": ("If-None-Match", "Only if it has none of these; a GET answers 304."),
    "IfUnmodifiedSince": ("If-Unmodified-Since", "Only if not changed since; else 412."),
}
KEY = "Sent again within 24 hours, the request has its effect once and the same answer."


def complete(result: Part, **_: object) -> Part:
    """Add to a description what holds for all operations; drf-spectacular calls this at the end."""
    components = result.setdefault("components", {})
    components.setdefault("schemas", {}).update(_schemas())
    # Its serializer refuses the name of a rule that there is not, which a serializer cannot say.
    components["schemas"]["PatchedRulesRequest"]["additionalProperties"] = False
    components["responses"] = dict(_responses())
    components["headers"] = HEADERS
    components["parameters"] = dict(_parameters())
    for path, methods in result["paths"].items():
        for method, operation in methods.items():
            _complete(path, method, operation)
    return result


def _schemas() -> Part:
    kinds = {name: one for kind in KINDS.values() for name, one in _of(kind)}
    return (
        kinds
        | describing.JSON
        | {
            "ProblemError": ERROR,
            "Problem": {"type": "object", "properties": PROPERTIES, "required": list(PROPERTIES)},
            "UnprocessableProblem": _unprocessable(),
        }
    )


def _of(kind: Kind) -> Iterator[tuple[str, Part]]:
    yield from describing.schemas_of(kind).items()


def _unprocessable() -> Part:
    """The problem of a 422, whose codes are listed."""
    code = {"type": "string", "enum": sorted({*describing.codes_of(KINDS), *uploads.CODES, *FIT})}
    error = ERROR | {"properties": ERROR["properties"] | {"code": code}}
    errors = {"type": "array", "items": error, "minItems": 1}
    properties = PROPERTIES | {"errors": errors}
    return {"type": "object", "properties": properties, "required": list(PROPERTIES)}


def _responses() -> Iterator[tuple[str, Part]]:
    for status in sorted({*ALWAYS, *WITH_A_BODY, *OF_OBJECTS}):
        shape = "UnprocessableProblem" if status == 422 else "Problem"
        answer: Part = {
            "description": HTTPStatus(status).phrase,
            "content": {PROBLEM: {"schema": describing.reference(shape)}},
        }
        if status in MAY_COME_AGAIN:
            answer["headers"] = {"Retry-After": {"$ref": "#/components/headers/RetryAfter"}}
        yield f"Problem{status}", answer


def _parameters() -> Iterator[tuple[str, Part]]:
    for name, (header, text) in CONDITIONS.items():
        yield name, {"name": header, "in": "header", "schema": TEXT, "description": text}
    key = {"type": "string", "maxLength": 255, "pattern": "^([!-~]([ -~]*[!-~])?)?$"}
    yield (
        "IdempotencyKey",
        {"name": "Idempotency-Key", "in": "header", "schema": key, "description": KEY},
    )


def _complete(path: str, method: str, operation: Part) -> None:
    is_object = path.endswith("/{id}/") and path.split("/")[-3] in KINDS
    statuses = [*ALWAYS]
    if method not in READS:
        statuses += WITH_A_BODY
    if is_object:
        statuses += OF_OBJECTS
        _refer(operation, *CONDITIONS)
    if method in ("post", "put"):
        _refer(operation, "IdempotencyKey")
    if "requestBody" in operation:
        operation["requestBody"]["required"] = True
    if "/kpis/" in path:
        statuses.append(422)
    responses = operation["responses"]
    for status in statuses:
        responses[str(status)] = {"$ref": f"#/components/responses/Problem{status}"}
    is_new = method == "post" and path.split("/")[-2] in KINDS
    if (is_object and method != "delete") or is_new:
        responses["201" if is_new else "200"]["headers"] = ETAG
    if is_object and method == "get":
        responses["304"] = {"description": "The caller has it as it is.", "headers": ETAG}


def _refer(operation: Part, *names: str) -> None:
    found = operation.setdefault("parameters", [])
    found += [{"$ref": f"#/components/parameters/{name}"} for name in names]
