"""What Whisper models are known to invent over silence and music, in the languages of the calls.

Normalised as `worker.speech.guard.normalised` does. Credits are hardly ever spoken on a telephone: one piece
of evidence suppresses them. Courtesies are spoken all day: they need two. Each entry has its test.
"""

CREDITS = frozenset(
    {
        "sous titres réalisés par la communauté d amara org",
        "sous titres réalisés para la communauté d amara org",
        "sous titrage st 501",
        "sous titrage société radio canada",
        "sous titrage fr",
        "merci d avoir regardé cette vidéo",
        "abonnez vous à la chaîne",
        "untertitel der amara org community",
        "untertitel im auftrag des zdf für funk 2017",
        "untertitelung des zdf 2020",
        "untertitelung aufgrund der amara org community",
        "untertitel von stephanie geiges",
        "copyright wdr 2021",
        "vielen dank fürs zuschauen",
        "vielen dank für s zuschauen",
        "sottotitoli creati dalla comunità amara org",
        "sottotitoli e revisione a cura di qtss",
        "sottotitoli a cura di qtss",
        "grazie per la visione",
        "iscriviti al canale",
        "subtitles by the amara org community",
        "thank you for watching",
        "thanks for watching",
        "please subscribe to my channel",
        "like and subscribe",
    }
)

COURTESIES = frozenset(
    {
        "merci",
        "merci beaucoup",
        "au revoir",
        "vielen dank",
        "danke",
        "danke schön",
        "tschüss",
        "auf wiedersehen",
        "grazie",
        "grazie mille",
        "arrivederci",
        "thank you",
        "thank you very much",
        "thanks",
        "bye",
        "you",
    }
)
