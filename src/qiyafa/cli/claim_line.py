"""A claim in one line: how much of what, how it is meant, when, according to whom."""

from typing import TYPE_CHECKING

from qiyafa.app.claim_words import measured, modality_words, period_words, said
from qiyafa.model.claim import Claim, Modality
from qiyafa.text import shown, text

if TYPE_CHECKING:
    from qiyafa.record.reading.read_claim import ReadClaim


def claim_line(claim: "Claim | ReadClaim") -> str:
    """Return the line. Words of the document are made harmless."""
    parts = [measured(claim), said(claim)]
    if claim.modality is not Modality.STATED:
        parts.append(modality_words(claim))
    parts.append(period_words(claim.period) or text("read.claim.no_period"))
    parts.append(shown(claim.claimant) if claim.claimant else text("read.claim.no_claimant"))
    return " · ".join(parts)
