"""A gunicorn worker in which no slow client holds a thread.

Gunicorn looks after the processes; inside of one, waitress reads every request whole, in one loop
for all connections, before a thread is given to it, and sends the answer in that loop. What
waitress does not know is how long a request may take to arrive: that is added here.
See docs/decisions/0010.
"""

import ctypes
import os
import time
from collections.abc import Iterator

from django.conf import settings
from gunicorn.workers.base import Worker
from waitress import wasyncore
from waitress.channel import HTTPChannel
from waitress.parser import HTTPRequestParser
from waitress.server import BaseWSGIServer, create_server

LARGEST_HEADER = 32 * 1024
LARGEST_EXTRA = 1024 * 1024  # of a form around the largest file
KEPT_IN_MEMORY = 64 * 1024  # of a body; what is more goes to the disk
SLOWEST_BODY = 1000  # bytes a second, on average
KEPT_OF_AN_ANSWER = 256 * 1024 * 1024  # unsent, on the disk, before its thread has to wait
LOOK_SECONDS = 1.0
M_ARENA_MAX = -8  # of malloc.h


class Request(HTTPRequestParser):
    """A request that knows when its first byte came."""

    def __init__(self, adj: object) -> None:
        super().__init__(adj)
        self.began = time.time()

    def is_late(self, now: float) -> bool:
        """Whether it should have been here by now."""
        allowed = settings.WEB_HEADER_SECONDS
        if self.headers_finished:
            allowed += settings.WEB_IDLE_SECONDS + self.body_bytes_received / SLOWEST_BODY
        return bool(now - self.began > allowed)


class Channel(HTTPChannel):
    """A connection that is given up when its client keeps it for nothing."""

    parser_class = Request
    stuck_since = 0.0

    def is_too_slow(self, now: float) -> bool:
        """Whether its client has been silent, or slow to send or to read, for too long."""
        if self.total_outbufs_len:
            self.stuck_since = max(self.stuck_since or now, self.last_activity)
            return bool(now - self.stuck_since > settings.WEB_IDLE_SECONDS)
        self.stuck_since = 0.0
        if self.requests:  # a thread works for it
            return False
        quiet = now - self.last_activity > settings.WEB_IDLE_SECONDS
        return quiet or (self.request is not None and self.request.is_late(now))

    @property
    def unfinished(self) -> int:
        """Bytes of a body that has not come whole yet."""
        return self.request.body_bytes_received if self.request is not None else 0


def _share_memory_between_threads() -> None:
    """Let glibc keep one heap instead of one a thread: what a large body took is used again."""
    mallopt = getattr(ctypes.CDLL(None), "mallopt", None)
    if mallopt is not None:
        mallopt(M_ARENA_MAX, 1)


class BufferingWorker(Worker):
    """One process: a loop that reads and writes, and threads that work."""

    def run(self) -> None:
        _share_memory_between_threads()
        self.connections: dict[int, object] = {}
        self.server = create_server(self.wsgi, map=self.connections, **self._adjustments())
        for listener in self._listeners():
            listener.channel_class = Channel
        looked = 0.0
        while self.alive and self.ppid == os.getppid():
            self._turn()
            if time.time() - looked > LOOK_SECONDS:
                looked = time.time()
                self._drop_the_slow(now=looked)
        self._finish()

    def _adjustments(self) -> dict[str, object]:
        return {
            "sockets": [listener.sock for listener in self.sockets],
            "threads": self.cfg.threads,
            "connection_limit": self.cfg.worker_connections,
            "backlog": self.cfg.backlog,
            "asyncore_use_poll": True,  # select() knows no more than 1,024 connections
            "recv_bytes": 65_536,
            "inbuf_overflow": KEPT_IN_MEMORY,
            "outbuf_high_watermark": KEPT_OF_AN_ANSWER,
            "max_request_header_size": LARGEST_HEADER,
            "max_request_body_size": settings.IMPORT_LARGEST_FILE + LARGEST_EXTRA,
            "channel_timeout": settings.WEB_IDLE_SECONDS,
            # Django decides whom it believes: NUM_PROXIES and BEHIND_TLS_PROXY.
            "clear_untrusted_proxy_headers": False,
            "ident": None,
        }

    def _listeners(self) -> list[BaseWSGIServer]:
        return [one for one in self.connections.values() if isinstance(one, BaseWSGIServer)]

    def _channels(self) -> list[Channel]:
        return [one for one in self.connections.values() if isinstance(one, Channel)]

    def _turn(self) -> None:
        self.notify()
        wasyncore.loop(timeout=LOOK_SECONDS, use_poll=True, map=self.connections, count=1)

    def _drop_the_slow(self, *, now: float) -> None:
        for channel in [*self._channels()]:
            if channel.is_too_slow(now):
                channel.handle_close()
        for channel in self._too_much():
            channel.handle_close()

    def _too_much(self) -> Iterator[Channel]:
        """The youngest unfinished bodies, when all together would fill the disk."""
        unfinished = [channel for channel in self._channels() if channel.unfinished]
        total = sum(channel.unfinished for channel in unfinished)
        for channel in sorted(unfinished, key=lambda channel: -channel.request.began):
            if total <= settings.WEB_UNFINISHED_BYTES:
                return
            total -= channel.unfinished
            yield channel

    def _finish(self) -> None:
        """Take no more, end what has begun, and send what has been answered."""
        for listener in self._listeners():
            listener.accepting = False
            listener.close()
        deadline = time.time() + self.cfg.graceful_timeout
        while time.time() < deadline and any(map(_is_busy, self._channels())):
            self._turn()
        self.server.task_dispatcher.shutdown(timeout=1)


def _is_busy(channel: Channel) -> bool:
    return bool(channel.requests or channel.total_outbufs_len)
