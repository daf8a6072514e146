"""The Desk API and the telephone exchange's webhook, as another system calls them.

One method a request, no judgement: what a dispatcher does with them is in dispatcher.py.
"""

import hashlib
import hmac
import json
import time
import uuid
from typing import Any
from urllib.parse import quote

from config.simulation.places import Report
from config.simulation.wire import Wire, rfc3339

Body = dict[str, Any]


class Telephony:
    """The telephone exchange: signs what it tells."""

    def __init__(self, wire: Wire, secret: str) -> None:
        self._wire = wire
        self._secret = secret.encode()

    async def tell(self, call_id: str, event: str, caller: str | None) -> None:
        """Tell that a call rings, was answered, ended or was abandoned, now."""
        body = {"call_id": call_id, "event": event, "at": rfc3339(time.time()), "caller": caller}
        content = json.dumps(body, separators=(",", ":")).encode()
        stamp = int(time.time())
        digest = hmac.new(self._secret, f"{stamp}.".encode() + content, hashlib.sha256)
        await self._wire.call(
            "POST",
            "/api/v1/telephony/calls",
            content=content,
            headers={
                "Content-Type": "application/json",
                "X-Gerak-Signature": f"t={stamp},v1={digest.hexdigest()}",
            },
        )


class Desk:
    """A dispatcher's desk behind a service token. Every method raises Refused and Unreachable."""

    def __init__(self, wire: Wire) -> None:
        self._wire = wire

    async def units(self) -> list[Body]:
        """Fetch all units with their crews and positions."""
        units: list[Body] = []
        path = "/api/v1/desk/units"
        while path:
            page = await self._wire.call("GET", path)
            units += page["results"]
            following = page.get("next")
            path = f"/api/v1/desk/units?cursor={quote(str(following))}" if following else ""
        return units

    async def open_incident(
        self, report: Report, *, call_id: str | None, caller: Body | None, answered_s: float
    ) -> Body:
        """Open an incident for what somebody reported; links the call where one is named."""
        body: Body = {
            "id": str(uuid.uuid4()),
            "type": report.type,
            "summary": report.summary,
            "address": report.place.address,
            "landmark": report.place.landmark,
            "lat": report.place.point[0],
            "lon": report.place.point[1],
            "answered_at": rfc3339(answered_s),
        }
        if call_id is not None:
            body["call_id"] = call_id
        if caller is not None:
            body["caller"] = caller
        return await self._call("POST", "incidents", body)

    async def recommended_units(self, incident_id: str) -> list[Any]:
        """Fetch the ids of the units recommended, the chosen ones first."""
        answer = await self._call("GET", f"incidents/{incident_id}/recommendation")
        ranked = sorted(answer["units"], key=lambda one: not one["chosen"])
        return [
            one["unit"]["id"] if isinstance(one["unit"], dict) else one["unit"] for one in ranked
        ]

    async def send(self, incident_id: str, unit_id: Any) -> Body:
        """Send a unit. Raises Refused with `unit_busy` or `unit_off_duty`."""
        body = {"id": str(uuid.uuid4()), "unit": unit_id}
        return await self._call("POST", f"incidents/{incident_id}/assignments", body)

    async def assignment(self, assignment_id: str) -> Body:
        """Fetch an assignment as it is now."""
        return await self._call("GET", f"assignments/{assignment_id}")

    async def timeline(self, incident_id: str) -> list[Body]:
        """Fetch an incident's journal events, in order (the first page)."""
        answer = await self._call("GET", f"incidents/{incident_id}/timeline")
        events: list[Body] = answer["results"] if isinstance(answer, dict) else answer
        return events

    async def cancel(self, assignment_id: str, reason: str) -> Body:
        """Cancel an assignment."""
        return await self._call("POST", f"assignments/{assignment_id}/cancel", {"reason": reason})

    async def close(self, incident_id: str, disposition: str, note: str) -> Body:
        """Close an incident. Raises Refused with `open_assignment` where one is still open."""
        body = {"disposition": disposition, "note": note}
        return await self._call("POST", f"incidents/{incident_id}/close", body)

    async def classify(self, call_id: str, call_class: str, note: str) -> None:
        """Give a call its class."""
        body = {"class": call_class, "note": note}
        await self._call("POST", f"calls/{quote(call_id, safe='')}/classify", body)

    async def _call(self, method: str, path: str, body: Any = None) -> Body:
        answer: Body = await self._wire.call(method, f"/api/v1/desk/{path}", body, patience_s=300.0)
        return answer
