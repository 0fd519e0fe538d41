"""Whether a hand is left or right, from all frames in which it was seen.

A hand stays the same while it is followed, so the evidence of its frames adds up: one odd frame
does not turn a left hand into a right one.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Final

from tracker.results import Handedness

#: Seconds after which a frame counts 1/e of what a new one does. Long against the odd frames of a
#: hand that turns over, short enough to mend a wrong start within a second or so.
MEMORY: Final = 1.0
#: One frame says at most this much: log-odds of 98 %.
MAX_LOG_ODDS: Final = 4.0
#: A frame that gives a hand's own side less than this probability contradicts it.
MAX_DOUBT: Final = 0.3


@dataclass(frozen=True)
class HandednessEvidence:
    """What has been seen of one hand.

    Attributes:
        log_odds: weighted sum over frames of log(p ÷ (1 − p)), p the probability of a right hand.
        weight: sum of the weights.
        timestamp: seconds, of the last frame.
    """

    log_odds: float
    weight: float
    timestamp: float

    @property
    def handedness(self) -> Handedness:
        return "right" if self.log_odds >= 0 else "left"

    @property
    def score(self) -> float:
        """0.5 … 1: probability by the mean log-odds of a frame."""
        return 1 / (1 + math.exp(-abs(self.log_odds) / self.weight))


def first_evidence(right_probability: float, timestamp: float) -> HandednessEvidence:
    """Evidence of one frame."""
    return HandednessEvidence(_log_odds(right_probability), 1.0, timestamp)


def more_evidence(
    evidence: HandednessEvidence, right_probability: float, timestamp: float
) -> HandednessEvidence:
    """Evidence with one frame more; what is old is forgotten exponentially."""
    kept = math.exp((evidence.timestamp - timestamp) / MEMORY)
    return HandednessEvidence(
        kept * evidence.log_odds + _log_odds(right_probability),
        kept * evidence.weight + 1.0,
        timestamp,
    )


def contradicts(evidence: HandednessEvidence, right_probability: float) -> bool:
    """Whether one frame speaks for the other hand, by more than a mere doubt."""
    same = right_probability if evidence.handedness == "right" else 1 - right_probability
    return same < MAX_DOUBT


def _log_odds(probability: float) -> float:
    if not 0 < probability < 1:
        return math.copysign(MAX_LOG_ODDS, probability - 0.5)
    log_odds = math.log(probability / (1 - probability))
    return min(max(log_odds, -MAX_LOG_ODDS), MAX_LOG_ODDS)
