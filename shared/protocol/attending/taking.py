"""Taking a job in: who was held during an unexplained death runs alone, so its neighbours never fail for it."""

from collections.abc import Callable
from dataclasses import dataclass

from shared.job import Claim, Outcome, Receipt
from shared.protocol.claiming import Terms, claim
from shared.protocol.intents import AskHands, Hands, Steps, WaitUntilFree
from shared.protocol.working import Ending


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

    One worker takes its jobs one at a time: what it holds must not change between the look and the claim.
    """
    hands: Hands = yield AskHands()
    if hands.holds_suspect:
        yield WaitUntilFree(receipt)
        hands = yield AskHands()
    claimed = yield from claim(receipt, claimant.terms(hands))
    if isinstance(claimed, Ending) and claimed.outcome is Outcome.ALONE:
        yield WaitUntilFree(receipt)
        hands = yield AskHands()
        claimed = yield from claim(receipt, claimant.terms(hands))
    return claimed
