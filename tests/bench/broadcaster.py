"""The limit of a fan-out in Python: `websockets.broadcast` of each line it reads to all sockets."""

import asyncio
import sys

import uvloop
from websockets.asyncio.server import broadcast, serve


async def main(port: int) -> None:
    async with serve(
        lambda socket: socket.wait_closed(), "127.0.0.1", port, compression=None, backlog=4096
    ) as server:
        print("ready", flush=True)
        loop, said = asyncio.get_running_loop(), asyncio.StreamReader()
        await loop.connect_read_pipe(lambda: asyncio.StreamReaderProtocol(said), sys.stdin)
        while line := await said.readline():
            broadcast(server.connections, line.decode().strip())


if __name__ == "__main__":
    uvloop.run(main(int(sys.argv[1])))
