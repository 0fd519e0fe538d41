"""Getting hold of a Ray cluster, without waiting for one that is not there."""

from __future__ import annotations

import os
import re
import signal
import socket
import warnings
from typing import Any, Final

from synth.child_processes import SINGLE_THREADED
from synth.errors import UserError

#: HOST:PORT, of the cluster's head or, with ray://, of the server for clients; [HOST] for IPv6.
_HOST_PORT: Final = re.compile(
    r"(?:ray://)?(?:\[(?P<bracketed>[^\]]+)\]|(?P<host>[^/:]+)):(?P<port>\d{1,5})"
)
#: Seconds for a machine to answer; one that is switched off says nothing at all.
_ANSWER: Final = 10.0


def connected(address: str | None) -> Any:
    """The package `ray`, connected to a cluster.

    Args:
        address: as `synth.engine.cluster.run_on_cluster` takes it.

    Raises:
        UserError: if Ray is missing, or no cluster answers.
    """
    _refuse_silent(address)
    try:
        import ray
    except ImportError:
        raise UserError("--engine ray needs Ray: pip install 'handsynth[cluster]'") from None
    if not ray.is_initialized():
        # Ray would end the process on SIGTERM where the command line stops in good order.
        on_terminate = signal.getsignal(signal.SIGTERM)
        try:
            with warnings.catch_warnings():
                # A tip for those who write programs with Ray.
                warnings.filterwarnings("ignore", "Tip: In future versions of Ray", FutureWarning)
                ray.init(
                    address=address,
                    log_to_driver=False,
                    configure_logging=False,
                    runtime_env={"env_vars": SINGLE_THREADED},
                )
        except (ConnectionError, RuntimeError, ValueError) as error:
            reason = " ".join(str(error).split()) or "what listens there is none"
            raise UserError(f"--address {address}: no Ray cluster answers: {reason:.200}") from None
        signal.signal(signal.SIGTERM, on_terminate)
    return ray


def _refuse_silent(address: str | None) -> None:
    """Ray itself tries for minutes to reach an address at which nothing listens.

    Names such as auto and local, and none, are Ray's to understand.

    Raises:
        UserError: if nothing accepts connections there.
    """
    # With no address Ray takes that of this variable.
    named = f"--address {address}" if address else "RAY_ADDRESS"
    match = _HOST_PORT.fullmatch(address or os.environ.get("RAY_ADDRESS", ""))
    if match is None:
        return
    where = match["bracketed"] or match["host"], int(match["port"])
    try:
        socket.create_connection(where, timeout=_ANSWER).close()
    except (OSError, OverflowError) as error:
        reason = getattr(error, "strerror", None) or str(error)
        raise UserError(
            f"{named}: no Ray cluster answers at {where[0]}, port {where[1]} ({reason}): start one"
            " there (`ray start --head`), or name another"
        ) from None
    # Read when Ray is imported: where something else listens, each try takes half a minute.
    os.environ.setdefault("RAY_NUM_REDIS_GET_RETRIES", "1")
