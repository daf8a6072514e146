"""uvicorn's websocket, which holds a frame back while more follow: one write for a page of events.

Every write gives Python's lock away, and a thread that reads the database keeps it for a whole
switch interval: a replay of ten events cost ten of those.

Phones are not compressed for: it takes 34 KB more a socket and twice the time a frame (performance
study, section 3, cost 12). The board's snapshot shrinks to a tenth and may have it.
"""

from typing import Any

from uvicorn.protocols.utils import ClientDisconnected
from uvicorn.protocols.websockets.websockets_sansio_impl import WebSocketsSansIOProtocol
from websockets.exceptions import InvalidState
from websockets.http11 import Request

PHONES = "/ws/stream/"


class SocketProtocol(WebSocketsSansIOProtocol):
    """Take `more` in a message to send: the next one without it takes the frame along.

    Whatever else goes out first (a ping, a close) takes it along too, so the order stays.
    """

    def handle_connect(self, event: Request) -> None:
        """Answer a handshake; a phone's offer to compress is not taken up."""
        if event.path.partition("?")[0] == PHONES:
            self.conn.available_extensions = []
        super().handle_connect(event)

    async def send(self, message: Any) -> None:
        """Send; raises ClientDisconnected where nobody is there any more."""
        if not message.get("more") or not self.handshake_complete or self.close_sent:
            await super().send(message)
            return
        await self.writable.wait()
        if self.disconnected:
            raise ClientDisconnected
        try:
            self.conn.send_text(message["text"].encode())
        except InvalidState as error:
            raise ClientDisconnected from error
