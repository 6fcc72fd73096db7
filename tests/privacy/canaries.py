"""Words that nobody says by chance: whatever a caller or a call may tell, each of its own kind."""

from dataclasses import dataclass, field

NAME = "Ädalbert Kanarienvögelchen"
PHONE = "+33639987142"
EMAIL = "adalbert.kanari@papagei-kanari.example"
IBAN = "FR7630006000011234567890189"
SAID = {
    "name": NAME,
    "phone": PHONE,
    "phone as dialled": "06 39 98 71 42",
    "email": EMAIL,
    "iban": IBAN,
    "file name": "Gespräch mit Kanari.wav",
    "metadata": "Zitronenfalterweg 71b",
    "tag": "team:wellensittich",
    "reference": "crm-nymphensittich-8841",
    "subject_ref": "kunde-rosella-5f21",
    "object key": "anrufe/Kakadu Ömer/17.wav",
    "webhook path": "haken/ara-macao-9917",
    "webhook note": "Meldestelle Beo & Söhne",
    "idempotency key": "bestellung-amazone-4711",
    "spoken": "Quittungsbuch Papageienhimmel",
    "spoken number": "zwölf siebzehn Graupapagei",
    "a stranger's": "akte-nachbars-loro-3302",
    "receiver's answer": "Fehlerbild Edelsittich",
}
"""What callers and calls say. A key, a secret, a signature are added once they are made."""


@dataclass
class Canaries:
    """Kinds and their texts; a kind may have several."""

    texts: dict[str, set[str]] = field(default_factory=lambda: {kind: {text} for kind, text in SAID.items()})

    def add(self, kind: str, text: str) -> str:
        self.texts.setdefault(kind, set()).add(text)
        return text

    @property
    def kinds(self) -> list[str]:
        return list(self.texts)
