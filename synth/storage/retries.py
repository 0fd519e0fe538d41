"""Stores fail now and then: the same request is made again, a few times, ever later."""

from __future__ import annotations

import random
import time
from collections.abc import Callable
from typing import Final, TypeVar

Result = TypeVar("Result")

#: Seconds to wait before the second try, the third and so on: a minute in all.
WAITS: Final = (0.5, 1.0, 2.0, 4.0, 8.0, 16.0, 30.0)
#: What the same request will meet again.
_FOR_GOOD: Final = (
    FileNotFoundError,
    FileExistsError,
    IsADirectoryError,
    NotADirectoryError,
    PermissionError,
    ValueError,
    TypeError,
    NotImplementedError,
    ImportError,
)


def persistently(
    request: Callable[[], Result], wait: Callable[[float], None] = time.sleep
) -> Result:
    """What `request` gives, tried again after errors that may pass.

    Args:
        request: may be made twice without harm.
        wait: is given the seconds before each further try.

    Raises:
        Exception: the last one, if no try went well, or the first that will not pass.
    """
    for seconds in WAITS:
        try:
            return request()
        except _FOR_GOOD:
            raise
        except Exception:
            # Many workers that failed together should not come back together.
            wait(seconds * random.uniform(0.75, 1.25))
    return request()
