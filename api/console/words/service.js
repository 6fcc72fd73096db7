/** The service: lanes, the last hours, models, refreshing. Each entry: English, French, German, Italian. */

import { JOBS } from "./jobs.js";

export const SERVICE = {
  ...JOBS,
  "service.live": [
    "Refreshes every 5 seconds", "Actualisé toutes les 5 secondes",
    "Aktualisiert alle 5 Sekunden", "Si aggiorna ogni 5 secondi",
  ],
  "service.paused": ["Paused", "En pause", "Angehalten", "In pausa"],
  "service.pause": [
    "Pause refreshing", "Suspendre l’actualisation", "Aktualisierung anhalten", "Sospendi aggiornamento",
  ],
  "service.resume": ["Refresh again", "Reprendre l’actualisation", "Wieder aktualisieren", "Riprendi aggiornamento"],
  "service.too_many": [
    "Too many requests; asking again in {wait}.", "Trop de requêtes ; nouvel essai dans {wait}.",
    "Zu viele Anfragen; neuer Versuch in {wait}.", "Troppe richieste; nuovo tentativo tra {wait}.",
  ],
  "service.now": ["now", "maintenant", "jetzt", "ora"],
  "service.lanes": ["What is waiting", "Ce qui attend", "Was wartet", "Cosa è in attesa"],
  "service.workers": [
    { one: "{count} worker", other: "{count} workers" },
    { one: "{count} machine de transcription", other: "{count} machines de transcription" },
    { one: "{count} Transkriptionsprozess", other: "{count} Transkriptionsprozesse" },
    { one: "{count} processo di trascrizione", other: "{count} processi di trascrizione" },
  ],
  "service.workers.none": [
    "No worker at the moment", "Aucune machine de transcription pour l’instant", "Zurzeit kein Transkriptionsprozess",
    "Nessun processo di trascrizione al momento",
  ],
  "service.lane.interactive": [
    "Somebody waits for these calls.", "Quelqu’un attend ces appels.", "Auf diese Anrufe wartet jemand.",
    "Qualcuno aspetta queste chiamate.",
  ],
  "service.lane.batch": [
    "These may wait, for example until the night.", "Ceux-ci peuvent attendre, par exemple la nuit.",
    "Diese dürfen warten, zum Beispiel bis zur Nacht.", "Queste possono aspettare, per esempio fino alla notte.",
  ],
  "service.lane.nothing": ["Nothing is waiting", "Rien n’attend", "Nichts wartet", "Nulla in attesa"],
  "service.lane.waiting": [
    { one: "{audio} of audio in {count} call", other: "{audio} of audio in {count} calls" },
    { one: "{audio} d’audio dans {count} appel", other: "{audio} d’audio dans {count} appels" },
    { one: "{audio} Audio in {count} Anruf", other: "{audio} Audio in {count} Anrufen" },
    { one: "{audio} di audio in {count} chiamata", other: "{audio} di audio in {count} chiamate" },
  ],
  "service.lane.processing": ["In work", "En cours", "In Arbeit", "In lavorazione"],
  "service.lane.oldest": ["Longest wait", "Plus longue attente", "Längste Wartezeit", "Attesa più lunga"],
  "service.lane.start": [
    "A call sent now starts", "Un appel envoyé maintenant démarre", "Ein jetzt gesendeter Anruf beginnt",
    "Una chiamata inviata ora inizia",
  ],
  "service.lane.at_once": ["at once", "aussitôt", "sofort", "subito"],
  "service.lane.unknown": ["not known yet", "pas encore connu", "noch nicht bekannt", "non ancora noto"],
  "service.lane.past": [
    "Waiting since {since}: {most} at most", "En attente depuis {since} : {most} au plus",
    "Wartend seit {since}: höchstens {most}", "In attesa dalle {since}: al massimo {most}",
  ],
  "service.lane.quiet": [
    "Nothing has waited since {since}", "Rien n’a attendu depuis {since}", "Seit {since} hat nichts gewartet",
    "Nulla in attesa dalle {since}",
  ],
  "service.recent": ["Calls sent lately", "Appels récents", "Zuletzt gesendete Anrufe", "Chiamate recenti"],
  "service.window": ["Stretch of time", "Période", "Zeitraum", "Periodo"],
  "service.window.hour": ["1 hour", "1 heure", "1 Stunde", "1 ora"],
  "service.window.day": ["24 hours", "24 heures", "24 Stunden", "24 ore"],
  "service.recent.completed": ["Done", "Terminés", "Fertig", "Completate"],
  "service.recent.failed": ["Failed", "Échoués", "Fehlgeschlagen", "Fallite"],
  "service.recent.canceled": ["Canceled", "Annulés", "Abgebrochen", "Annullate"],
  "service.recent.underway": ["On their way", "En route", "Unterwegs", "In corso"],
  "service.recent.audio": ["Audio done", "Audio transcrit", "Audio fertig", "Audio trascritto"],
  "service.recent.wait": ["Usual wait", "Attente habituelle", "Übliche Wartezeit", "Attesa abituale"],
  "service.recent.processing": ["Usual time in work", "Durée habituelle", "Übliche Arbeitszeit", "Durata abituale"],
  "service.recent.speed": ["Speed", "Vitesse", "Tempo", "Velocità"],
  "service.recent.none": ["no calls", "aucun appel", "keine Anrufe", "nessuna chiamata"],
  "service.recent.picture": [
    { one: "{count} call sent since {from}, by time", other: "{count} calls sent since {from}, by time" },
    { one: "{count} appel envoyé depuis {from}, par heure", other: "{count} appels envoyés depuis {from}, par heure" },
    { one: "{count} Anruf seit {from}, nach Zeit", other: "{count} Anrufe seit {from}, nach Zeit" },
    { one: "{count} chiamata inviata dalle {from}, per ora", other: "{count} chiamate inviate dalle {from}, per ora" },
  ],
  "service.recent.cut": [
    "Counted are the newest {count} calls only, back to {since}.",
    "Seuls les {count} appels les plus récents sont comptés, depuis le {since}.",
    "Gezählt sind nur die neuesten {count} Anrufe, zurück bis {since}.",
    "Sono contate solo le {count} chiamate più recenti, fino al {since}.",
  ],
  "service.recent.counting": [
    "Still counting …", "Comptage en cours…", "Wird noch gezählt …", "Conteggio in corso…",
  ],
  "service.recent.show": ["Show failed calls", "Voir les échecs", "Fehlgeschlagene zeigen", "Mostra le fallite"],
  "service.models": ["Models", "Modèles", "Modelle", "Modelli"],
  "service.model.name": ["Model", "Modèle", "Modell", "Modello"],
  "service.model.languages": ["Languages", "Langues", "Sprachen", "Lingue"],
  "service.model.wer": ["Words wrong", "Mots erronés", "Falsche Wörter", "Parole errate"],
  "service.model.speed": ["Speed", "Vitesse", "Geschwindigkeit", "Velocità"],
  "service.model.times": ["{count} × speech", "{count} × la parole", "{count} × Sprechtempo", "{count} × il parlato"],
  "service.model.help": [
    "Words wrong: share of words that differ from what was said, measured on test calls.",
    "Mots erronés : part des mots qui diffèrent de ce qui a été dit, mesurée sur des appels de test.",
    "Falsche Wörter: Anteil der Wörter, die vom Gesagten abweichen, gemessen an Testanrufen.",
    "Parole errate: quota di parole diverse da quanto detto, misurata su chiamate di prova.",
  ],
  "service.health.ok": ["The service is well", "Le service fonctionne", "Der Dienst läuft", "Il servizio funziona"],
  "service.health.bad": [
    "The service is not well", "Le service ne fonctionne pas", "Der Dienst läuft nicht", "Il servizio non funziona",
  ],
};
