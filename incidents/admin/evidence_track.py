"""The movement evidence of one assignment: for the map, and the same in words."""

from datetime import datetime
from typing import Any

from django.utils.translation import gettext as _

from incidents.admin.looks import reason_text, verdict_word
from incidents.areas import distance_m
from incidents.models import Assignment
from incidents.movement.verdict import judge
from incidents.policy import MOVEMENT
from incidents.services.evidence import fixes_of
from responders.admin.shown import clock_text
from responders.models import Device

MOST_FIXES = 300  # own choice: more dots than that is a line


def evidence_track(assignment: Assignment, now: datetime) -> dict[str, Any]:
    """Return the fixes of the crew's phones around an assignment, oldest first, and what they show.

    `track`: {"lat", "lon", "accuracy_m", "label", "proof", "anchor"}; `lines`: the evidence in
    words; `verdict`: the sentence that stands for all of it.
    """
    fixes = sorted(fixes_of(assignment, now=now), key=lambda fix: fix.recorded_at)
    incident = assignment.incident
    has_point = incident.lat is not None and incident.lon is not None
    judgement = judge(
        fixes=fixes,
        dispatched_at=assignment.dispatched_at,
        move_by=assignment.move_by,
        scene=(incident.lat, incident.lon) if has_point else None,  # type: ignore[arg-type]
        now=now,
        closed_at=assignment.ended_at,
        policy=MOVEMENT,
    )
    newest = assignment.verdicts.order_by("-number").first()
    proof = set(newest.evidence) if newest else set()
    anchor = set(judgement.anchor)
    start = next((fix for fix in fixes if fix.key in anchor), None)
    names: dict[Any, str] = dict(
        Device.objects.filter(pk__in={fix.device_key for fix in fixes}).values_list("pk", "name")
    )
    shown = [fix for fix in fixes if fix.key in proof | anchor] + [
        fix for fix in fixes if fix.key not in proof | anchor
    ]
    shown = sorted(shown[:MOST_FIXES], key=lambda fix: fix.recorded_at)
    track = []
    for fix in shown:
        away = None if start is None else distance_m(fix.lat, fix.lon, start.lat, start.lon)
        track.append(
            {
                "lat": fix.lat,
                "lon": fix.lon,
                "accuracy_m": fix.accuracy_m,
                "proof": fix.key in proof,
                "anchor": fix.key in anchor,
                "label": _words(fix, names.get(fix.device_key, "–"), away),
            }
        )
    return {
        "unit": assignment.unit.call_sign,
        "verdict": _verdict(assignment),
        "track": track,
        "lines": [
            {"text": fix["label"], "kind": _("bukti") if fix["proof"] else _("titik awal")}
            for fix in track
            if fix["proof"] or fix["anchor"]
        ],
        "count": _("%(count)d posisi dari ponsel regu") % {"count": len(fixes)},
    }


def _words(fix: Any, phone: str, away: float | None) -> str:
    parts = [clock_text(fix.recorded_at), phone]
    if fix.accuracy_m is not None:
        parts.append(_("akurasi %(m).0f m") % {"m": fix.accuracy_m})
    if fix.speed_mps is not None:
        parts.append(_("%(kmh).0f km/jam") % {"kmh": fix.speed_mps * 3.6})
    if away is not None:
        parts.append(_("%(m).0f m dari titik awal") % {"m": away})
    return " · ".join(parts)


def _verdict(assignment: Assignment) -> str:
    parts = [str(verdict_word(assignment.verdict))]
    if assignment.verdict_reason:
        parts.append(str(reason_text(assignment.verdict_reason)))
    if assignment.moved_at is not None:
        if assignment.moved_at <= assignment.dispatched_at:
            parts.append(_("sudah bergerak saat dikirim"))
        else:
            parts.append(_("bergerak %(at)s") % {"at": clock_text(assignment.moved_at)})
    if assignment.movement_known_at is not None:
        parts.append(_("diketahui %(at)s") % {"at": clock_text(assignment.movement_known_at)})
    if assignment.displacement_m is not None:
        parts.append(_("berpindah %(m).0f m") % {"m": assignment.displacement_m})
    return " · ".join(parts)
