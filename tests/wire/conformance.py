"""Checks of bodies against our own rules, and against Discord's OpenAPI description where that is available.

The description lies at `../shared/discord/openapi.json` beside the checkout; it is not part of the project.
"""

from __future__ import annotations

import functools
import json
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

from jsonschema import Draft202012Validator, validators
from jsonschema.exceptions import ValidationError

from tests.wire import command_rules, message_rules
from tests.wire.payloads import Json

DESCRIPTION = Path(__file__).parents[3] / "shared" / "discord" / "openapi.json"


class Description:
    """Discord's OpenAPI description, ready to check bodies; validators are made when first used."""

    def __init__(self, path: Path) -> None:
        self._root: Json = json.loads(path.read_text("utf-8"))
        # discord.py sends integers in attachments[].id and permission_overwrites[].id, and Discord takes them.
        self._root["components"]["schemas"]["SnowflakeType"] = {"type": ["string", "integer"]}
        self._validators: dict[str, Any] = {}
        extend: Any = validators.extend  # Untyped in its stubs.
        self._kind = extend(Draft202012Validator, {"oneOf": self._union, "anyOf": self._union})

    def request(self, method: str, route: str, body: object) -> list[str]:
        """What is wrong with a JSON body sent to `route`, which is written as in the description."""
        return self._check(f"{method} {route}", ("requestBody", "content", "application/json", "schema"), body)

    def answer(self, method: str, route: str, status: int, body: object) -> list[str]:
        """What is wrong with an answer; a status that the description does not have is one problem."""
        if status >= 400:
            schema = "RatelimitedResponse" if status == 429 else "ErrorResponse"
            return self._errors(self._validator(f"#/components/schemas/{schema}"), body)
        operation = self._operation(f"{method} {route}")
        if operation is None or str(status) not in operation["responses"]:
            return [f"{method} {route} has no answer {status}"]
        if status == 204:
            return []
        return self._check(
            f"{method} {route}", ("responses", str(status), "content", "application/json", "schema"), body
        )

    def _operation(self, name: str) -> Json | None:
        method, route = name.split()
        operation: Json | None = self._root["paths"].get(route, {}).get(method.lower())
        return operation

    def _check(self, operation: str, steps: tuple[str, ...], body: object) -> list[str]:
        found: Any = self._operation(operation)
        if found is None:
            return [f"{operation} is not described"]
        for step in steps:
            found = found.get(step) if found else None
        if found is None:
            return [] if body is None else [f"{operation} takes no body"]
        method, route = operation.split()
        place = "/".join(("#/paths", *(_escaped(part) for part in (route, method.lower(), *steps))))
        return self._errors(self._validator(place), body)

    def _validator(self, reference: str) -> Any:
        if reference not in self._validators:
            # The reference resolves within the whole document, which is the schema's own resource.
            self._validators[reference] = self._kind({**self._root, "$ref": reference})
        return self._validators[reference]

    def _union(self, validator: Any, branches: list[Json], instance: object, _: Json) -> Iterator[ValidationError]:
        """`oneOf` and `anyOf`: where a branch is for the `type` of this very object, that one alone is tried.

        Without this, a card of nested unions takes 30 ms, and errors are those of all branches together.
        """
        kind = instance.get("type") if isinstance(instance, dict) else None
        meant = [branch for branch in branches if kind is not None and kind in self._types(branch)]
        if len(meant) == 1:
            yield from validator.descend(instance, meant[0])
            return
        context: list[ValidationError] = []
        for number, branch in enumerate(branches):
            errors = list(validator.descend(instance, branch, schema_path=number))
            if not errors:
                return
            context += errors
        yield ValidationError(f"{instance!r:.200} fits no branch", validator="anyOf", context=context)

    def _types(self, branch: Json) -> Sequence[int]:
        schema = self._root["components"]["schemas"].get(branch.get("$ref", "").rpartition("/")[2], branch)
        found: Sequence[int] = schema.get("properties", {}).get("type", {}).get("enum", ())
        return found

    def _errors(self, validator: Any, body: object) -> list[str]:
        return [
            f"{'.'.join(map(str, error.absolute_path)) or 'body'}: {error.message[:200]}"
            for found in validator.iter_errors(body)
            for error in _innermost(found)
        ]


def _escaped(part: str) -> str:
    return part.replace("~", "~0").replace("/", "~1").replace("{", "%7B").replace("}", "%7D")


def _innermost(error: ValidationError) -> Iterator[ValidationError]:
    """The errors of the branch of a union that fits best: the one with the fewest errors."""
    branches: dict[int, list[ValidationError]] = {}
    for inner in error.context or ():
        branches.setdefault(int(inner.schema_path[0]), []).append(inner)
    if error.validator != "anyOf" or not branches:
        yield error
        return
    flat = {number: [leaf for inner in branch for leaf in _innermost(inner)] for number, branch in branches.items()}

    def misfit(branch: list[ValidationError]) -> tuple[bool, int]:
        # A branch for another `type` of component, or of JSON, is the wrong one however few its errors are.
        wrong = any(list(leaf.path)[-1:] == ["type"] or (not leaf.path and leaf.validator == "type") for leaf in branch)
        return wrong, len(branch)

    yield from min(flat.values(), key=misfit)


@functools.cache
def description() -> Description | None:
    """Discord's description, None where it is not beside the checkout."""
    return Description(DESCRIPTION) if DESCRIPTION.exists() else None


CREATE_MESSAGE = ("POST", "/channels/{channel_id}/messages")
CALLBACK = ("POST", "/interactions/{interaction_id}/{interaction_token}/callback")
OVERWRITE = ("PUT", "/applications/{application_id}/commands")


def check_message_payload(payload: Json) -> list[str]:
    """What is wrong with a body that makes a message, by our rules and, where it is at hand, by the description."""
    return message_rules.check_message_payload(payload) + _described(CREATE_MESSAGE, payload)


def check_callback(payload: Json) -> list[str]:
    """The same for the initial answer to an interaction."""
    return command_rules.check_callback(payload) + _described(CALLBACK, payload)


def check_commands(payload: list[Json]) -> list[str]:
    """The same for the bulk overwrite of commands."""
    return command_rules.check_commands(payload) + _described(OVERWRITE, payload)


def _described(operation: tuple[str, str], payload: object) -> list[str]:
    described = description()
    return described.request(*operation, payload) if described else []
