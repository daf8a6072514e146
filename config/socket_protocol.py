"""uvicorn's websocket, which holds a frame back while more follow: one write for a page of events.

Every write gives Python's lock away, and a thread that reads the database keeps it for a whole
switch interval: a replay of ten events cost ten of those.
"""

from typing import Any

from uvicorn.protocols.utils import ClientDisconnected
from uvicorn.protocols.websockets.websockets_sansio_impl import WebSocketsSansIOProtocol
from websockets.exceptions import InvalidState


class SocketProtocol(WebSocketsSansIOProtocol):
    """Take `more` in a message to send: the next one without it takes the frame along.

    Whatever else goes out first (a ping, a close) takes it along too, so the order stays.
    """

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
