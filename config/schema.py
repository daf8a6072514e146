"""What the OpenAPI document says of every door alike: its errors, and how callers sign in."""

from typing import Any

from drf_spectacular.extensions import OpenApiAuthenticationExtension

PROBLEM = {
    "type": "object",
    "required": ["type", "title", "status", "detail", "code"],
    "properties": {
        "type": {"type": "string"},
        "title": {"type": "string"},
        "status": {"type": "integer"},
        "detail": {"type": "string"},
        "code": {"type": "string"},
        "errors": {
            "type": "array",
            "items": {
                "type": "object",
                "required": ["field", "code", "message"],
                "properties": {
                    "field": {"type": "string"},
                    "code": {"type": "string"},
                    "message": {"type": "string"},
                },
            },
        },
    },
}
STATUSES = {
    "400": "What was sent is not valid; nothing changed.",
    "401": "No token, or one that opens nothing.",
    "403": "The wrong kind of caller.",
    "404": "Unknown, or not yours.",
    "405": "Not a method of this door.",
    "406": "This door speaks JSON only.",
    "409": "The present state forbids it.",
    "413": "The body is too large.",
    "415": "The body is not JSON.",
    "429": "Too often; see Retry-After.",
    "503": "Busy; nothing was stored; see Retry-After.",
}


def add_problems(result: dict[str, Any], **_more: Any) -> dict[str, Any]:
    """Give every operation its problem+json answers (a drf-spectacular hook)."""
    result.setdefault("components", {}).setdefault("schemas", {})["Problem"] = PROBLEM
    content = {"application/problem+json": {"schema": {"$ref": "#/components/schemas/Problem"}}}
    for path in result["paths"].values():
        for operation in path.values():
            for status, description in STATUSES.items():
                operation["responses"].setdefault(
                    status, {"description": description, "content": content}
                )
    return result


class DeviceScheme(OpenApiAuthenticationExtension):
    target_class = "responders.auth.DeviceAuthentication"
    name = "device"

    def get_security_definition(self, auto_schema: Any) -> dict[str, str]:
        return {"type": "http", "scheme": "bearer", "description": "A phone's token."}


class ServiceScheme(OpenApiAuthenticationExtension):
    target_class = "incidents.auth.ServiceAuthentication"
    name = "service"

    def get_security_definition(self, auto_schema: Any) -> dict[str, str]:
        return {"type": "http", "scheme": "bearer", "description": "A service token."}


class SignatureScheme(OpenApiAuthenticationExtension):
    target_class = "incidents.views.telephony.SignatureAuthentication"
    name = "signature"

    def get_security_definition(self, auto_schema: Any) -> dict[str, str]:
        return {
            "type": "apiKey",
            "in": "header",
            "name": "X-Gerak-Signature",
            "description": 't=<unix seconds>,v1=<hex HMAC-SHA256 of "t.body">',
        }


class ForeignAppScheme(OpenApiAuthenticationExtension):
    target_class = "responders.views.foreign_auth.ForeignAuthentication"
    name = ["app_bearer", "app_basic", "app_id"]

    def get_security_definition(self, auto_schema: Any) -> list[dict[str, str]]:
        described = {"description": "A phone's token, or its tracking id."}
        return [
            {"type": "http", "scheme": "bearer"} | described,
            {"type": "http", "scheme": "basic"} | described,
            {"type": "apiKey", "in": "query", "name": "id", "description": "Its tracking id."},
        ]

    def get_security_requirement(self, auto_schema: Any) -> list[dict[str, list[str]]]:
        """Any one of them will do."""
        return [{name: []} for name in self.name]
