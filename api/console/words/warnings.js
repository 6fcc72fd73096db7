/** What happened on a call’s way, by code: to its text, and to an attempt at it. English, French, German, Italian. */

/** What a warning means for whoever reads this transcript. */
export const WARNINGS = {
  "audio_incomplete": [
    "The recording is damaged or cut. What was said in the missing parts is not in the text.",
    "L’enregistrement est abîmé ou coupé. Ce qui s’est dit dans les parties manquantes n’est pas dans le texte.",
    "Die Aufnahme ist beschädigt oder abgeschnitten. Was in den fehlenden Teilen gesagt wurde, steht nicht im Text.",
    "La registrazione è danneggiata o troncata. Ciò che è stato detto nelle parti mancanti non è nel testo.",
  ],
  "header_repaired": [
    "The file did not say how long it is, so it was read to its end. The text is not affected.",
    "Le fichier n’indiquait pas sa durée : il a été lu jusqu’au bout. Le texte n’en souffre pas.",
    "Die Datei sagte nicht, wie lang sie ist; sie wurde bis zum Ende gelesen. Der Text leidet darunter nicht.",
    "Il file non indicava la propria durata ed è stato letto fino in fondo. Il testo non ne risente.",
  ],
  "trailing_data": [
    "After the sound, the file holds something else, which was passed over. The text is not affected.",
    "Après le son, le fichier contient autre chose, qui a été ignoré. Le texte n’en souffre pas.",
    "Nach dem Ton enthält die Datei noch etwas anderes, das übergangen wurde. Der Text leidet darunter nicht.",
    "Dopo l’audio il file contiene altro, che è stato ignorato. Il testo non ne risente.",
  ],
  "parameters_changed": [
    "The recording changes its form on the way, as if several were put together. Check that the parts belong together.",
    "L’enregistrement change de forme en cours de route, comme s’il y en avait plusieurs. Vérifiez-le.",
    "Die Aufnahme ändert unterwegs ihre Form, als wären mehrere zusammengesetzt. Prüfen Sie, ob sie zusammengehören.",
    "La registrazione cambia forma lungo il percorso, come se fossero più d’una. Controlla che vadano insieme.",
  ],
  "audio_clipped": [
    "The recording is too loud and distorted in places. Words there may be wrong.",
    "L’enregistrement est trop fort et saturé par endroits. Des mots peuvent y être faux.",
    "Die Aufnahme ist stellenweise übersteuert. Wörter können dort falsch sein.",
    "La registrazione è troppo alta e in alcuni punti distorta. Lì le parole possono essere errate.",
  ],
  "no_speech": [
    "Nobody speaks in this recording, so there is no text.",
    "Personne ne parle dans cet enregistrement : il n’y a donc pas de texte.",
    "In dieser Aufnahme spricht niemand, darum gibt es keinen Text.",
    "In questa registrazione nessuno parla, quindi non c’è testo.",
  ],
  "channel_silent": [
    "One party cannot be heard at all. The text holds only the other.",
    "On n’entend pas du tout l’une des personnes. Le texte ne contient que l’autre.",
    "Eine Seite ist gar nicht zu hören. Der Text enthält nur die andere.",
    "Una delle due parti non si sente affatto. Il testo contiene solo l’altra.",
  ],
  "dual_mono": [
    "Both channels hold the same sound, so the text cannot say who speaks.",
    "Les deux canaux contiennent le même son : le texte ne peut pas dire qui parle.",
    "Beide Kanäle enthalten denselben Ton; der Text kann darum nicht sagen, wer spricht.",
    "I due canali contengono lo stesso audio, quindi il testo non può dire chi parla.",
  ],
  "channel_bleed": [
    "Each party is also heard faintly on the other’s channel. A sentence may stand under the wrong name, or twice.",
    "Chacun s’entend aussi faiblement sur le canal de l’autre. Une phrase peut être mal attribuée ou doublée.",
    "Eine Seite ist leise auch auf dem anderen Kanal zu hören. Sätze können falsch zugeordnet oder doppelt sein.",
    "Una parte si sente piano anche sul canale dell’altra. Una frase può essere attribuita male o comparire due volte.",
  ],
  "mono_no_speaker_separation": [
    "The recording has one channel, so the text does not say who speaks.",
    "L’enregistrement n’a qu’un canal : le texte ne dit donc pas qui parle.",
    "Die Aufnahme hat nur einen Kanal; der Text sagt darum nicht, wer spricht.",
    "La registrazione ha un solo canale, quindi il testo non dice chi parla.",
  ],
  "roles_not_applied": [
    "Who speaks on which channel was stated, but does not fit this recording. Check the names beside the text.",
    "Il était précisé qui parle sur quel canal, mais cela ne convient pas ici. Vérifiez les noms à côté du texte.",
    "Angegeben war, wer auf welchem Kanal spricht, doch es passt hier nicht. Prüfen Sie die Namen am Text.",
    "Era indicato chi parla su quale canale, ma non vale per questa registrazione. Controlla i nomi accanto al testo.",
  ],
  "language_low_confidence": [
    "It is not certain which language is spoken. If the text makes no sense, send the call with its language set.",
    "La langue parlée n’est pas certaine. Si le texte n’a pas de sens, renvoyez l’appel en précisant sa langue.",
    "Die gesprochene Sprache ist nicht sicher. Ergibt der Text keinen Sinn, senden Sie neu, mit Angabe der Sprache.",
    "Non è certo quale lingua si parli. Se il testo non ha senso, invia di nuovo la chiamata indicando la lingua.",
  ],
  "language_mismatch": [
    "The parties speak different languages. Each was written down in its own.",
    "Les personnes parlent des langues différentes. Chacune a été transcrite dans la sienne.",
    "Die Beteiligten sprechen verschiedene Sprachen. Jede Seite wurde in ihrer eigenen aufgeschrieben.",
    "Le parti parlano lingue diverse. Ognuna è stata trascritta nella propria.",
  ],
  "language_hint_disagrees": [
    "The language that was set does not seem to be the one spoken. If the text makes no sense, send it with another.",
    "La langue indiquée ne semble pas être celle qui est parlée. Si le texte n’a pas de sens, changez-la et renvoyez.",
    "Die angegebene Sprache ist wohl nicht die gesprochene. Ergibt der Text keinen Sinn, senden Sie mit einer anderen.",
    "La lingua indicata non sembra quella parlata. Se il testo non ha senso, invia di nuovo con un’altra lingua.",
  ],
  "text_suppressed": [
    "Text that the sound does not support was left out. It is shown with its reasons further down.",
    "Du texte que le son ne confirme pas a été écarté. Il est montré plus bas, avec les raisons.",
    "Text, den der Ton nicht belegt, wurde ausgelassen. Er ist weiter unten mit den Gründen gezeigt.",
    "Del testo che l’audio non conferma è stato escluso. È mostrato più in basso con i motivi.",
  ],
  "low_coverage": [
    "There is speech for which no text was found. Words may be missing; listen where it matters.",
    "Des paroles sont restées sans texte. Des mots peuvent manquer ; écoutez là où c’est important.",
    "Es gibt Gesprochenes ohne Text. Wörter können fehlen; hören Sie hin, wo es darauf ankommt.",
    "C’è del parlato rimasto senza testo. Possono mancare parole; ascolta dove è importante.",
  ],
  "times_repaired": [
    "The times of some words were estimated. The words stand; their moment may be off by a little.",
    "Le moment de certains mots a été estimé. Les mots sont bons ; leur instant peut être un peu décalé.",
    "Die Zeiten einiger Wörter sind geschätzt. Die Wörter stimmen; ihr Zeitpunkt kann etwas abweichen.",
    "I tempi di alcune parole sono stimati. Le parole restano; il momento può essere un po’ spostato.",
  ],
};

/** What an attempt at a job met: named as the last cause of its failure. */
export const CAUSES = {
  "worker_lost": [
    "The machine that worked on the call went silent.",
    "La machine qui traitait l’appel n’a plus répondu.",
    "Die Maschine, die am Anruf arbeitete, ist verstummt.",
    "La macchina che lavorava alla chiamata non ha più risposto.",
  ],
  "engine_failed": [
    "Speech recognition failed on a part of this call.",
    "La reconnaissance vocale a échoué sur une partie de cet appel.",
    "Die Spracherkennung ist an einer Stelle dieses Anrufs gescheitert.",
    "Il riconoscimento vocale è fallito su una parte di questa chiamata.",
  ],
  "engine_out_of_memory": [
    "Speech recognition had too little memory for a part of this call.",
    "La reconnaissance vocale a manqué de mémoire pour une partie de cet appel.",
    "Die Spracherkennung hatte für eine Stelle dieses Anrufs zu wenig Speicher.",
    "Il riconoscimento vocale non aveva memoria sufficiente per una parte di questa chiamata.",
  ],
  "audio_fetch_failed": [
    "The recording could not be fetched from its store.",
    "L’enregistrement n’a pas pu être récupéré dans son espace de stockage.",
    "Die Aufnahme konnte nicht aus ihrem Speicher geholt werden.",
    "Non è stato possibile recuperare la registrazione dal suo archivio.",
  ],
  "storage_unavailable": [
    "A store that the service stands on did not answer.",
    "Un stockage dont dépend le service n’a pas répondu.",
    "Ein Speicher, auf dem der Dienst steht, hat nicht geantwortet.",
    "Un archivio su cui si basa il servizio non ha risposto.",
  ],
  "model_unavailable": [
    "The speech model could not be loaded.",
    "Le modèle de reconnaissance vocale n’a pas pu être chargé.",
    "Das Sprachmodell konnte nicht geladen werden.",
    "Non è stato possibile caricare il modello vocale.",
  ],
  "worker_disk_full": [
    "The machine that worked on the call had no room left on its disk.",
    "La machine qui traitait l’appel n’avait plus de place sur son disque.",
    "Auf der Festplatte der Maschine, die am Anruf arbeitete, war kein Platz mehr.",
    "La macchina che lavorava alla chiamata non aveva più spazio su disco.",
  ],
  "events_unavailable": [
    "The end of the call could not be announced to those who wait for it.",
    "La fin de l’appel n’a pas pu être annoncée à ceux qui l’attendent.",
    "Das Ende des Anrufs konnte denen, die darauf warten, nicht gemeldet werden.",
    "Non è stato possibile annunciare la fine della chiamata a chi la aspetta.",
  ],
  "lease_lost": [
    "Another machine had taken the call over.",
    "Une autre machine avait repris l’appel.",
    "Eine andere Maschine hatte den Anruf übernommen.",
    "Un’altra macchina aveva preso in carico la chiamata.",
  ],
  "draining": [
    "The machine that worked on the call was shut down and handed it back.",
    "La machine qui traitait l’appel a été arrêtée et l’a rendu.",
    "Die Maschine, die am Anruf arbeitete, wurde abgeschaltet und hat ihn zurückgegeben.",
    "La macchina che lavorava alla chiamata è stata spenta e l’ha restituita.",
  ],
};
