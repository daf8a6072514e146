"""docs/asyncapi.yaml as a judge: is this frame one that the document names?"""

from pathlib import Path

import yaml
from jsonschema import Draft202012Validator

DOCUMENT = yaml.safe_load(
    (Path(__file__).resolve().parent.parent / "docs" / "asyncapi.yaml").read_text("utf-8")
)


def validator(schema):
    """Return a validator of one of the document's schemas."""
    whole = {"$ref": f"#/components/schemas/{schema}", "components": DOCUMENT["components"]}
    return Draft202012Validator(whole)


def schemas_of(operation):
    """Return message type → its schema's name, for all messages of an operation."""
    found = {}
    for message in DOCUMENT["operations"][operation]["messages"]:
        name = message["$ref"].rsplit("/", 1)[1]
        ref = DOCUMENT["components"]["messages"][name]["payload"]["$ref"]
        schema = ref.rsplit("/", 1)[1]
        const = DOCUMENT["components"]["schemas"][schema]["properties"]["type"]["const"]
        found[const] = schema
    return found


def faults_of(frame, operation):
    """Return what the document has against a frame; nothing where it names it."""
    schema = schemas_of(operation).get(frame.get("type"))
    if schema is None:
        return [f"no message of type {frame.get('type')!r}"]
    return [error.message for error in validator(schema).iter_errors(frame)]
