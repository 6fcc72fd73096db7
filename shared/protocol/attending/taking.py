"""Taking a job in: who was held during an unexplained death runs alone, so its neighbours never fail for it."""

from collections.abc import Callable
from dataclasses import dataclass

from shared.job import Claim, Outcome, Receipt
from shared.protocol.claiming import Terms, claim
from shared.protocol.intents import AskHands, Hands, Steps, WaitUntilFree
from shared.protocol.working import Ending

LEAVE_S = 5
"""So long a message that must run alone is hidden from the worker that cannot take it now, and from the free ones."""
LEAVE_UP_TO = 6
"""At a later receive it is waited for: after ten a message is a dead letter."""


@dataclass(frozen=True, slots=True)
class Claimant:
    """Who claims: its clock (epoch seconds), how long a claim is its own, and how it signs each, never twice alike."""

    now: Callable[[], float]
    lease_s: int
    sign: Callable[[], str]

    def terms(self, hands: Hands) -> Terms:
        """On what terms it claims with what it holds now."""
        return Terms(self.sign(), self.now(), self.lease_s, alone=hands.is_free)


def take(receipt: Receipt, claimant: Claimant) -> Steps[Claim | Ending]:
    """Win the job of `receipt`, or learn what the receipt comes to without it.

    One worker takes its jobs one at a time: what it holds must not change between the look and the claim. Who must run
    alone is left to a worker that is free, if there is one; after a while this one waits until it is free itself.
    """
    hands: Hands = yield AskHands()
    if hands.holds_suspect:
        return Ending(Outcome.ALONE, hide_s=LEAVE_S)
    claimed = yield from claim(receipt, claimant.terms(hands))
    if not isinstance(claimed, Ending) or claimed.outcome is not Outcome.ALONE:
        return claimed
    if receipt.receive_count <= LEAVE_UP_TO:
        return Ending(Outcome.ALONE, claimed.job, LEAVE_S)
    yield WaitUntilFree(receipt)
    hands = yield AskHands()
    return (yield from claim(receipt, claimant.terms(hands)))
