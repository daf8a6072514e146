"""Receipts of many sockets, written together: what waited during one commit goes into the next.

A receipt alone waits for nothing. A drill that rings two hundred phones is a few commits, not two
hundred behind one another.
"""

import asyncio
from collections.abc import Awaitable, Callable

from notifications.database import on_database
from notifications.services.receipts import Receipt, confirm_all


class ReceiptQueue:
    """Gather receipts of one event loop. `before` runs ahead of each batch (the ledger's flush)."""

    def __init__(self, *, before: Callable[[], Awaitable[None]]) -> None:
        self._before = before
        self._waiting: list[tuple[Receipt, asyncio.Future[None]]] = []
        self._writer: asyncio.Task[None] | None = None

    async def confirm(self, receipt: Receipt) -> None:
        """Return once the commit that holds the receipt is done. Raises as the database does."""
        done: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        self._waiting.append((receipt, done))
        if self._writer is None or self._writer.done():
            self._writer = asyncio.create_task(self._write())
        await done

    async def _write(self) -> None:
        while self._waiting:
            batch, self._waiting = self._waiting, []
            try:
                await self._before()
                await on_database(confirm_all, [receipt for receipt, _ in batch])
            except Exception as error:
                _settle(batch, error)
            else:
                _settle(batch, None)


def _settle(batch: list[tuple[Receipt, asyncio.Future[None]]], error: Exception | None) -> None:
    for _, done in batch:
        if done.done():
            continue
        if error is None:
            done.set_result(None)
        else:
            done.set_exception(error)
