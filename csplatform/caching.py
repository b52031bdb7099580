"""The cache in Redis, and in this process while Redis is away.

Rate limits are kept in the cache. Without it nobody could log in; without limits anybody could
guess passwords. So each process counts for itself until Redis answers again.
"""

import logging
import time
from collections.abc import Callable
from typing import Any

from django.core.cache.backends.locmem import LocMemCache
from django.core.cache.backends.redis import RedisCache, RedisCacheClient
from redis.backoff import NoBackoff
from redis.exceptions import RedisError
from redis.retry import Retry

from tenants.typing import Options

PATIENCE = 1.0  # seconds for a connection and for an answer
PAUSE = 10.0  # seconds until an absent server is tried again
log = logging.getLogger(__name__)


class Absence:
    """Whether this process finds Redis away, and until when it does without."""

    until = 0.0

    @classmethod
    def begin(cls, problem: Exception) -> None:
        """Do without for a while; the first time is worth a warning."""
        level = logging.DEBUG if cls.until else logging.WARNING
        log.log(level, "The cache is away, this process counts for itself: %s", problem)
        cls.until = time.monotonic() + PAUSE

    @classmethod
    def end(cls) -> None:
        if cls.until:
            log.warning("The cache is back.")
            cls.until = 0.0


def _redis_or_here(name: str) -> Callable[..., Any]:
    """An operation of the client, done in this process when Redis does not answer."""

    def operation(self: "Client", *args: object, **kwargs: object) -> object:
        if time.monotonic() >= Absence.until:
            try:
                answer = getattr(RedisCacheClient, name)(self, *args, **kwargs)
            except (RedisError, OSError) as problem:
                Absence.begin(problem)
            else:
                Absence.end()
                return answer
        return getattr(self.here, name)(*args, **kwargs)

    return operation


class Client(RedisCacheClient):
    """Django's client of Redis, with short patience and something to fall back on."""

    def __init__(self, servers: list[str], **options: Any) -> None:
        patience: Options = {
            "socket_timeout": PATIENCE,
            "socket_connect_timeout": PATIENCE,
        }
        # A connection that Redis closed when it was restarted is opened anew, at once.
        super().__init__(servers, **patience, retry=Retry(NoBackoff(), 1), **options)
        # The keys that come here have been made already.
        self.here = LocMemCache("redis is away", {"KEY_FUNCTION": lambda key, *_: key})

    add = _redis_or_here("add")
    get = _redis_or_here("get")
    set = _redis_or_here("set")
    touch = _redis_or_here("touch")
    delete = _redis_or_here("delete")
    get_many = _redis_or_here("get_many")
    has_key = _redis_or_here("has_key")
    incr = _redis_or_here("incr")
    set_many = _redis_or_here("set_many")
    delete_many = _redis_or_here("delete_many")
    clear = _redis_or_here("clear")


class Cache(RedisCache):
    """The cache of the product."""

    def __init__(self, server: str, params: dict[str, object]) -> None:
        super().__init__(server, params)
        self._class = Client
