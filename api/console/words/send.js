/** Sending calls and watching them become text. Each entry: English, French, German, Italian. */

import { SENDING } from "./sending.js";

export const SEND = {
  ...SENDING,
  "send.title": ["Send calls", "Envoyer des appels", "Anrufe senden", "Invia chiamate"],
  "send.heading": [
    "A call becomes text",
    "Un appel devient texte",
    "Ein Anruf wird Text",
    "Una chiamata diventa testo",
  ],
  "send.lede": [
    "Drop a recording and watch: the service writes down who said what, and when.",
    "Déposez un enregistrement et suivez-le : le service écrit qui a dit quoi, et à quel moment.",
    "Legen Sie eine Aufnahme ab und sehen Sie zu: Der Dienst schreibt auf, wer wann was gesagt hat.",
    "Trascina una registrazione e seguila: il servizio scrive chi ha detto cosa, e quando.",
  ],
  "send.zone": ["Recordings to send", "Enregistrements à envoyer", "Aufnahmen zum Senden", "Registrazioni da inviare"],
  "send.drop": [
    "Drop recordings here",
    "Déposez vos enregistrements ici",
    "Aufnahmen hier ablegen",
    "Trascina qui le registrazioni",
  ],
  "send.let_go": ["Let go to send", "Relâchez pour envoyer", "Loslassen zum Senden", "Rilascia per inviare"],
  "send.choose": [
    "Choose recordings",
    "Choisir des enregistrements",
    "Aufnahmen auswählen",
    "Scegli registrazioni",
  ],
  "send.accepted": [
    "WAV, MP3, FLAC, Ogg, M4A, AMR and more. Up to 4 hours and 512 MiB a call; whole folders are fine.",
    "WAV, MP3, FLAC, Ogg, M4A, AMR, etc. Jusqu’à 4 heures et 512 Mio par appel ; des dossiers entiers conviennent.",
    "WAV, MP3, FLAC, Ogg, M4A, AMR und mehr. Bis 4 Stunden und 512 MiB je Anruf; auch ganze Ordner.",
    "WAV, MP3, FLAC, Ogg, M4A, AMR e altri. Fino a 4 ore e 512 MiB per chiamata; anche cartelle intere.",
  ],
  "send.left_out": [
    { one: "{count} file in the folder is no recording and was left out.",
      other: "{count} files in the folder are no recordings and were left out." },
    { one: "{count} fichier du dossier n’est pas un enregistrement et a été laissé de côté.",
      other: "{count} fichiers du dossier ne sont pas des enregistrements et ont été laissés de côté." },
    { one: "{count} Datei im Ordner ist keine Aufnahme und wurde ausgelassen.",
      other: "{count} Dateien im Ordner sind keine Aufnahmen und wurden ausgelassen." },
    { one: "{count} file della cartella non è una registrazione ed è stato tralasciato.",
      other: "{count} file della cartella non sono registrazioni e sono stati tralasciati." },
  ],
  "send.samples": [
    "No recording at hand? Try a sample call:",
    "Pas d’enregistrement sous la main ? Essayez un appel d’exemple :",
    "Keine Aufnahme zur Hand? Probieren Sie einen Beispielanruf:",
    "Nessuna registrazione a portata di mano? Prova una chiamata di esempio:",
  ],
  "send.choices": [
    "Options for the next calls",
    "Options des prochains appels",
    "Optionen für die nächsten Anrufe",
    "Opzioni per le prossime chiamate",
  ],
  "send.language": ["Spoken language", "Langue parlée", "Gesprochene Sprache", "Lingua parlata"],
  "send.language_auto": ["Recognise it", "La reconnaître", "Selbst erkennen", "Riconoscila"],
  "send.left": ["Left channel", "Canal gauche", "Linker Kanal", "Canale sinistro"],
  "send.right": ["Right channel", "Canal droit", "Rechter Kanal", "Canale destro"],
  "send.lane": ["Lane", "File", "Spur", "Corsia"],
  "send.lane_interactive": [
    "Interactive: as soon as possible",
    "Interactive : au plus vite",
    "Interaktiv: so bald wie möglich",
    "Interattiva: appena possibile",
  ],
  "send.lane_batch": [
    "Batch: when there is room",
    "Différée : quand il y a de la place",
    "Stapel: wenn Platz ist",
    "Differita: quando c’è posto",
  ],
  "send.reference": [
    "Reference (optional)",
    "Référence (facultative)",
    "Referenz (freiwillig)",
    "Riferimento (facoltativo)",
  ],
  "send.reference_help": [
    "Your own id of the call. It is stored with the call, so put no names of persons here. File names stay in " +
      "this tab.",
    "Votre identifiant de l’appel. Il est conservé avec l’appel : n’y mettez aucun nom de personne. Les noms " +
      "de fichiers restent dans cet onglet.",
    "Ihre eigene Kennung des Anrufs. Sie wird mit dem Anruf gespeichert: bitte keine Personennamen. " +
      "Dateinamen bleiben in diesem Tab.",
    "Il tuo identificativo della chiamata. Viene salvato con la chiamata: non scrivere nomi di persone. I " +
      "nomi dei file restano in questa scheda.",
  ],
  "send.list": ["Calls of this tab", "Appels de cet onglet", "Anrufe dieses Tabs", "Chiamate di questa scheda"],
  "send.open": [
    { one: "{count} call on its way", other: "{count} calls on their way" },
    { one: "{count} appel en route", other: "{count} appels en route" },
    { one: "{count} Anruf unterwegs", other: "{count} Anrufe unterwegs" },
    { one: "{count} chiamata in corso", other: "{count} chiamate in corso" },
  ],
  "send.news": ["News of the calls", "Nouvelles des appels", "Neues von den Anrufen", "Novità delle chiamate"],
  "send.clear": ["Clear what has ended", "Retirer les terminés", "Beendete ausblenden", "Togli quelle concluse"],
  "send.all_calls": [
    "All calls of your key",
    "Tous les appels de votre clé",
    "Alle Anrufe Ihres Schlüssels",
    "Tutte le chiamate della tua chiave",
  ],
  "send.how": ["How it works", "Comment cela marche", "So geht es", "Come funziona"],
  "send.how.drop": ["Drop a recording", "Déposez un enregistrement", "Aufnahme ablegen", "Trascina una registrazione"],
  "send.how.drop_why": [
    "One or many, stereo or mono. Stereo is best: each party has a channel of its own.",
    "Un ou plusieurs, stéréo ou mono. La stéréo est préférable : chacun a son propre canal.",
    "Eine oder viele, Stereo oder Mono. Stereo ist am besten: Jede Seite hat ihren eigenen Kanal.",
    "Una o molte, stereo o mono. Meglio stereo: ciascuno ha il proprio canale.",
  ],
  "send.how.watch": [
    "Watch it become text",
    "Voyez-le devenir texte",
    "Zusehen, wie Text entsteht",
    "Guardala diventare testo",
  ],
  "send.how.watch_why": [
    "Each step is shown here. You may look elsewhere meanwhile; nothing is lost.",
    "Chaque étape s’affiche ici. Vous pouvez aller voir ailleurs : rien ne se perd.",
    "Jeder Schritt wird hier gezeigt. Sie können inzwischen anderes ansehen; nichts geht verloren.",
    "Ogni passo appare qui. Intanto puoi guardare altrove: nulla va perso.",
  ],
  "send.how.read": ["Read and listen", "Lisez et écoutez", "Lesen und anhören", "Leggi e ascolta"],
  "send.how.read_why": [
    "A click on a word plays from there. Warnings say where a second look is worth it.",
    "Un clic sur un mot lance l’écoute à cet endroit. Des avertissements disent où relire.",
    "Ein Klick auf ein Wort spielt ab dort. Warnungen sagen, wo ein zweiter Blick lohnt.",
    "Un clic su una parola avvia l’ascolto da lì. Gli avvisi dicono dove conviene ricontrollare.",
  ],
};
