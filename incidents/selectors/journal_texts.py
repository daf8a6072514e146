"""The words beside a fact of the journal, for whoever reads it."""

from incidents.models import IncidentEvent


def words_of(event: IncidentEvent) -> dict[str, str]:
    """Return the words that are still kept, by key. Prefetch `texts` where many are read."""
    return {one.key: one.text for one in event.texts.all()}
