"""What a dispatcher tells the public, and the English that stands in where they gave none. Pure."""

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from typing import Any

import phonenumbers

from notifications.cap import CapInfo, xml_text

# CAP's own words (3.2.2), with those of the desk beside them in the form.
URGENCIES = ("Immediate", "Expected", "Future", "Past", "Unknown")
SEVERITIES = ("Extreme", "Severe", "Moderate", "Minor", "Unknown")
CERTAINTIES = ("Observed", "Likely", "Possible", "Unlikely", "Unknown")
LISTED_AREAS_MAX = 6
REGION = "ID"


@dataclass(frozen=True)
class AlertWords:
    """One message in the dispatcher's words; what is empty in English comes from the template."""

    headline: str
    description: str
    instruction: str
    urgency: str
    severity: str
    certainty: str
    valid_s: int
    headline_en: str = ""
    description_en: str = ""
    instruction_en: str = ""

    def as_content(self) -> dict[str, Any]:
        """Return it as JSON, to fill the form of the next message with."""
        return asdict(self)

    def cleaned(self) -> "AlertWords":
        """Return it without the characters that neither XML nor a database can hold."""
        fields: dict[str, Any] = {
            name: xml_text(value) if isinstance(value, str) else value
            for name, value in asdict(self).items()
        }
        return AlertWords(**fields)

    def texts(self) -> list[str]:
        """Return everything that somebody wrote."""
        return [value for value in asdict(self).values() if isinstance(value, str)]


def names_a_number(texts: Sequence[str]) -> bool:
    """Say whether a telephone number stands in one of the texts: that would be personal data."""
    return any(phonenumbers.PhoneNumberMatcher(text, REGION).has_next() for text in texts)


def infos_of(
    words: AlertWords, *, event: str, event_en: str, areas: Sequence[str], city: str
) -> list[CapInfo]:
    """Return the Indonesian and the English block."""
    return [
        CapInfo(
            language="id-ID",
            event=event,
            sender_name=f"Pusat Layanan Darurat 112 {city}".strip(),
            headline=words.headline,
            description=words.description,
            instruction=words.instruction,
        ),
        CapInfo(
            language="en-US",
            event=event_en,
            sender_name=f"112 Emergency Centre {city}".strip(),
            headline=words.headline_en or headline_en(event_en, areas),
            description=words.description_en or _description_en(event_en, areas, city),
            instruction=words.instruction_en
            or "Keep away from the area, follow the officials there, and call 112 in an emergency.",
        ),
    ]


def cancelling(words: AlertWords, *, reason: str) -> AlertWords:
    """Return the words that take a message back."""
    return AlertWords(
        headline=f"Dibatalkan: {words.headline}"[:160],
        description=reason,
        instruction="",
        urgency="Past",
        severity="Minor",
        certainty="Observed",
        valid_s=words.valid_s,
        headline_en=f"Cancelled: {words.headline_en}"[:160] if words.headline_en else "",
        description_en="The 112 emergency centre has cancelled this warning.",
        instruction_en="No action is needed.",
    )


def headline_en(event_en: str, areas: Sequence[str]) -> str:
    """Return the English headline of the template."""
    return f"{event_en}: {_listed(areas)}"[:160]


def _description_en(event_en: str, areas: Sequence[str], city: str) -> str:
    return (
        f"{event_en} in {_listed(areas)}. Issued by the 112 emergency centre {city}".strip()
        + ". The Indonesian text says more."
    )


def _listed(areas: Sequence[str]) -> str:
    listed = ", ".join(areas[:LISTED_AREAS_MAX])
    more = len(areas) - LISTED_AREAS_MAX
    return f"{listed} and {more} more" if more > 0 else listed
