"""The sender that stands in where no push can leave: it logs a line and says so."""

import logging
from dataclasses import dataclass

from notifications.senders.base import Message, Outcome

logger = logging.getLogger(__name__)

PUSH_IS_OFF = "push is off"


@dataclass(frozen=True)
class ConsoleSender:
    """Send nothing: no key is configured, or (`configuration_fault`) it cannot be used."""

    reason: str = PUSH_IS_OFF
    configuration_fault: bool = False

    def send(self, message: Message) -> Outcome:
        """Log one line without address, text or data, and call the push dead. Never raises."""
        logger.info(
            "Not pushed (%s): kind=%s urgent=%s ttl_s=%s",
            self.reason,
            message.kind,
            message.urgent,
            message.ttl_s,
        )
        return Outcome(
            state="dead", detail=self.reason, configuration_fault=self.configuration_fault
        )
