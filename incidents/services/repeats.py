"""A repeat of what a client asked before: found by the identifier that it made."""

import hashlib
import json
import uuid
from collections.abc import Callable
from datetime import datetime
from typing import Any

import rfc8785
from django.db import IntegrityError, transaction

from incidents.errors import IdReused
from incidents.models import ClientRequest
from responders.models import User


def once(
    *,
    user: User,
    client_id: uuid.UUID,
    body: dict[str, Any],
    now: datetime,
    make: Callable[[uuid.UUID], uuid.UUID],
    is_free: Callable[[uuid.UUID], bool],
) -> tuple[uuid.UUID, bool]:
    """Make something once under a client's identifier. Returns its id and whether it is new.

    The object takes the client's id where nobody else's has it. Raises IdReused for the same id
    with another body.
    """
    digest = _digest_of(body)
    try:
        with transaction.atomic():
            known = ClientRequest.objects.filter(user=user, client_id=client_id).first()
            if known is None:
                object_id = client_id if is_free(client_id) else uuid.uuid4()
                known = ClientRequest(
                    user=user,
                    client_id=client_id,
                    body_digest=digest,
                    object_id=object_id,
                    created_at=now,
                )
                known.save(force_insert=True)
                return make(object_id), True
    except IntegrityError:
        known = ClientRequest.objects.filter(user=user, client_id=client_id).first()
        if known is None:
            raise
    return _same(known, digest), False


def known_object(*, user: User, client_id: uuid.UUID, body: dict[str, Any]) -> uuid.UUID | None:
    """Return what was made under an identifier before; None where it is new. Raises IdReused."""
    known = ClientRequest.objects.filter(user=user, client_id=client_id).first()
    return None if known is None else _same(known, _digest_of(body))


def _same(known: ClientRequest, digest: str) -> uuid.UUID:
    if known.body_digest != digest:
        raise IdReused
    return known.object_id


def _digest_of(body: dict[str, Any]) -> str:
    try:
        canonical = rfc8785.dumps(body)
    except rfc8785.IntegerDomainError:  # beyond what a double holds: JSON allows it, RFC 8785 not
        canonical = json.dumps(body, sort_keys=True).encode()
    return hashlib.sha256(canonical).hexdigest()
