"""What the stand-in for Firebase knows of Google: its errors, its keys, its assertions."""

from enum import Enum
from functools import lru_cache
from typing import Any

import jwt
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import rsa

PROJECT_ID = "gerak-stand-in"
CLIENT_EMAIL = f"pusher@{PROJECT_ID}.iam.gserviceaccount.com"
# The audience is Google's public address whatever `token_uri` says.
AUDIENCE = "https://oauth2.googleapis.com/token"
GRANT_TYPE = "urn:ietf:params:oauth:grant-type:jwt-bearer"
SCOPES = {
    "https://www.googleapis.com/auth/firebase.messaging",
    "https://www.googleapis.com/auth/cloud-platform",
}
FCM_ERROR = "type.googleapis.com/google.firebase.fcm.v1.FcmError"
BAD_REQUEST = "type.googleapis.com/google.rpc.BadRequest"
RETRY_AFTER_S = 7
HANG_S = 30.0


class Mood(Enum):
    """How the stand-in answers; the values are the words of the command line."""

    OK = "ok"
    UNAVAILABLE = "503"
    UNAVAILABLE_RETRY_AFTER = "503-retry-after"
    UNAVAILABLE_RETRY_DATE = "503-retry-date"
    INTERNAL = "500"
    QUOTA = "429"
    QUOTA_RETRY_AFTER = "429-retry-after"
    HANG = "hang"
    DROP_AFTER_ACCEPT = "drop-after-accept"
    UNREGISTERED = "unregistered"
    NO_PROJECT = "404"
    BAD_ADDRESS = "bad-token"
    BAD_ADDRESS_FIELD = "bad-token-field"
    BAD_MESSAGE = "bad-message"
    SENDER_MISMATCH = "sender-mismatch"
    THIRD_PARTY_AUTH = "third-party-auth"
    UNAUTHENTICATED = "401"
    REDIRECT = "redirect"
    GARBAGE = "garbage"
    GARBAGE_ERROR = "garbage-error"
    TOKEN_UNAVAILABLE = "token-503"
    TOKEN_HANG = "token-hang"
    TOKEN_REFUSED = "token-refused"
    TOKEN_GARBAGE = "token-garbage"


# mood -> HTTP status, google.rpc status, FCM errorCode or None, message
ERRORS: dict[Mood, tuple[int, str, str | None, str]] = {
    Mood.UNAVAILABLE: (503, "UNAVAILABLE", "UNAVAILABLE", "The service is unavailable."),
    Mood.INTERNAL: (500, "INTERNAL", "INTERNAL", "Internal error encountered."),
    Mood.QUOTA: (429, "RESOURCE_EXHAUSTED", "QUOTA_EXCEEDED", "Quota exceeded."),
    Mood.UNREGISTERED: (404, "NOT_FOUND", "UNREGISTERED", "Requested entity was not found."),
    Mood.NO_PROJECT: (404, "NOT_FOUND", None, "Requested entity was not found."),
    Mood.BAD_ADDRESS: (
        400,
        "INVALID_ARGUMENT",
        "INVALID_ARGUMENT",
        "The registration token is not a valid FCM registration token",
    ),
    Mood.SENDER_MISMATCH: (403, "PERMISSION_DENIED", "SENDER_ID_MISMATCH", "SenderId mismatch"),
    Mood.THIRD_PARTY_AUTH: (
        401,
        "UNAUTHENTICATED",
        "THIRD_PARTY_AUTH_ERROR",
        "Auth error from APNS or Web Push Service",
    ),
    Mood.UNAUTHENTICATED: (
        401,
        "UNAUTHENTICATED",
        None,
        "Request had invalid authentication credentials.",
    ),
}
WITH_RETRY_AFTER = {
    Mood.UNAVAILABLE_RETRY_AFTER: Mood.UNAVAILABLE,
    Mood.UNAVAILABLE_RETRY_DATE: Mood.UNAVAILABLE,
    Mood.QUOTA_RETRY_AFTER: Mood.QUOTA,
}


@lru_cache(maxsize=1)
def private_key() -> rsa.RSAPrivateKey:
    """Return the key of this process, made on first use."""
    return rsa.generate_private_key(public_exponent=65537, key_size=2048)


def error_body(
    status: int, rpc_status: str, code: str | None, message: str, field: str = ""
) -> dict[str, Any]:
    """Return an error in Google's JSON form."""
    details: list[dict[str, Any]] = []
    if code:
        details.append({"@type": FCM_ERROR, "errorCode": code})
    if field:
        violation = {"field": field, "description": message}
        details.append({"@type": BAD_REQUEST, "fieldViolations": [violation]})
    error: dict[str, Any] = {"code": status, "message": message, "status": rpc_status}
    return {"error": {**error, "details": details} if details else error}


def service_account(token_uri: str) -> dict[str, str]:
    """Return a service account as Google's console would give it, but for its token_uri."""
    pem = private_key().private_bytes(
        serialization.Encoding.PEM,
        serialization.PrivateFormat.PKCS8,
        serialization.NoEncryption(),
    )
    return {
        "type": "service_account",
        "project_id": PROJECT_ID,
        "private_key_id": "stand-in",
        "private_key": pem.decode(),
        "client_email": CLIENT_EMAIL,
        "client_id": "1",
        "token_uri": token_uri,
    }


def problem_of_assertion(assertion: str) -> str:
    """Return what is wrong with a signed assertion, or ''."""
    try:
        claims = jwt.decode(
            assertion,
            private_key().public_key(),
            algorithms=["RS256"],
            audience=AUDIENCE,
            issuer=CLIENT_EMAIL,
            options={"require": ["exp", "iat", "iss", "aud"]},
        )
    except jwt.InvalidTokenError as error:
        return f"Invalid JWT: {error}"
    if claims["exp"] - claims["iat"] > 3600:
        return "Invalid JWT: Token must be a short-lived token (60 minutes)."
    if not SCOPES & set(str(claims.get("scope", "")).split()):
        return "Invalid OAuth scope."
    return ""
