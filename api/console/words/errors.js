/** Why a job failed, by code: what happened, and what to do. Each entry: English, French, German, Italian. */

import { REFUSALS } from "./refusals.js";
import { CAUSES } from "./warnings.js";

export const ERRORS = {
  ...REFUSALS,
  ...CAUSES,
  "upload_expired": [
    "The recording did not arrive within 24 hours. Send the call again.",
    "L’enregistrement n’est pas arrivé dans les 24 heures. Envoyez l’appel à nouveau.",
    "Die Aufnahme ist nicht innerhalb von 24 Stunden angekommen. Senden Sie den Anruf noch einmal.",
    "La registrazione non è arrivata entro 24 ore. Invia di nuovo la chiamata.",
  ],
  "upload_mismatch": [
    "What arrived is not the file that was announced: it was changed or cut on the way. Send the call again.",
    "Le fichier reçu n’est pas celui qui était annoncé : il a été modifié ou coupé. Envoyez l’appel à nouveau.",
    "Angekommen ist nicht die angekündigte Datei: Sie wurde verändert oder gekürzt. Senden Sie sie noch einmal.",
    "Il file arrivato non è quello annunciato: è stato modificato o troncato. Invia di nuovo la chiamata.",
  ],
  "audio_not_found": [
    "The recording is not where it should be. Check its address, or send the call again.",
    "L’enregistrement n’est pas à l’endroit indiqué. Vérifiez son adresse ou envoyez l’appel à nouveau.",
    "Die Aufnahme liegt nicht, wo sie liegen sollte. Prüfen Sie die Adresse oder senden Sie den Anruf neu.",
    "La registrazione non è dove dovrebbe essere. Controlla l’indirizzo o invia di nuovo la chiamata.",
  ],
  "audio_expired": [
    "The recording was removed at the end of its retention. If you still have it, send it as a new call.",
    "L’enregistrement a été supprimé à la fin de sa conservation. Si vous l’avez encore, renvoyez-le.",
    "Die Aufnahme wurde am Ende ihrer Aufbewahrung entfernt. Wenn Sie sie noch haben, senden Sie sie als neuen Anruf.",
    "La registrazione è stata rimossa al termine della conservazione. Se ce l’hai ancora, inviala come nuova chiamata.",
  ],
  "audio_changed": [
    "The recording was replaced after it had been submitted. Send the new recording as a call of its own.",
    "L’enregistrement a été remplacé après son envoi. Envoyez le nouvel enregistrement comme un appel distinct.",
    "Die Aufnahme wurde nach dem Absenden ersetzt. Senden Sie die neue Aufnahme als eigenen Anruf.",
    "La registrazione è stata sostituita dopo l’invio. Invia la nuova registrazione come chiamata a sé.",
  ],
  "audio_access_denied": [
    "The service may not read the recording where it lies. Have access allowed, then try again.",
    "Le service n’a pas le droit de lire l’enregistrement à cet endroit. Faites autoriser l’accès, puis réessayez.",
    "Der Dienst darf die Aufnahme an ihrem Ort nicht lesen. Lassen Sie den Zugriff freigeben und starten Sie neu.",
    "Il servizio non può leggere la registrazione dove si trova. Fai autorizzare l’accesso, poi riprova.",
  ],
  "unsupported_format": [
    "The file is not a recording that can be read. Send WAV, MP3, FLAC, Ogg, AAC, AMR, M4A, WebM, CAF, AIFF or AU.",
    "Ce fichier n’est pas lisible. Envoyez un WAV, MP3, FLAC, Ogg, AAC, AMR, M4A, WebM, CAF, AIFF ou AU.",
    "Die Datei ist keine lesbare Aufnahme. Senden Sie WAV, MP3, FLAC, Ogg, AAC, AMR, M4A, WebM, CAF, AIFF oder AU.",
    "Il file non è una registrazione leggibile. Invia WAV, MP3, FLAC, Ogg, AAC, AMR, M4A, WebM, CAF, AIFF o AU.",
  ],
  "unsupported_codec": [
    "The sound in the file is compressed in a way that cannot be read. Export the call as WAV or MP3 and send that.",
    "Le son de ce fichier est compressé sous une forme illisible. Exportez l’appel en WAV ou MP3 et envoyez-le.",
    "Der Ton in der Datei ist so komprimiert, dass er nicht lesbar ist. Exportieren Sie den Anruf als WAV oder MP3.",
    "L’audio del file è compresso in un modo non leggibile. Esporta la chiamata in WAV o MP3 e invia quella.",
  ],
  "unsupported_sample_rate": [
    "The sampling rate of the recording is outside 4,000 to 192,000 Hz. Export it again, for example at 8,000 Hz.",
    "La fréquence d’échantillonnage sort des limites (4 000 à 192 000 Hz). Exportez l’appel à 8 000 Hz.",
    "Die Abtastrate der Aufnahme liegt außerhalb von 4.000 bis 192.000 Hz. Exportieren Sie neu, etwa mit 8.000 Hz.",
    "La frequenza di campionamento è fuori dai limiti (4.000–192.000 Hz). Esporta di nuovo, per esempio a 8.000 Hz.",
  ],
  "unsupported_channels": [
    "The recording has more channels than the eight that can be read. Export it with one channel for each party.",
    "L’enregistrement a plus de canaux que les huit qui peuvent être lus. Exportez-le avec un canal par personne.",
    "Die Aufnahme hat mehr Kanäle als die acht lesbaren. Exportieren Sie sie mit einem Kanal je Person.",
    "La registrazione ha più canali degli otto leggibili. Esportala con un canale per persona.",
  ],
  "no_audio_stream": [
    "The file holds no sound. Check that it is the right file.",
    "Ce fichier ne contient pas de son. Vérifiez que c’est le bon fichier.",
    "Die Datei enthält keinen Ton. Prüfen Sie, ob es die richtige Datei ist.",
    "Il file non contiene audio. Controlla che sia il file giusto.",
  ],
  "multiple_audio_streams": [
    "The file holds several recordings at once. Send a file for each, or one recording with a channel for each party.",
    "Ce fichier contient plusieurs enregistrements. Envoyez un fichier pour chacun.",
    "Die Datei enthält mehrere Aufnahmen zugleich. Senden Sie für jede eine eigene Datei.",
    "Il file contiene più registrazioni insieme. Invia un file per ognuna, o una sola con un canale per persona.",
  ],
  "invalid_samples": [
    "The recording holds values that are no sound. Export the call again and send the new file.",
    "L’enregistrement contient des valeurs qui ne sont pas du son. Exportez à nouveau l’appel et envoyez ce fichier.",
    "Die Aufnahme enthält Werte, die kein Ton sind. Exportieren Sie den Anruf neu und senden Sie die neue Datei.",
    "La registrazione contiene valori che non sono audio. Esporta di nuovo la chiamata e invia il nuovo file.",
  ],
  "empty_file": [
    "The file is empty. Check the recording and send it again.",
    "Ce fichier est vide. Vérifiez l’enregistrement et envoyez-le à nouveau.",
    "Die Datei ist leer. Prüfen Sie die Aufnahme und senden Sie sie noch einmal.",
    "Il file è vuoto. Controlla la registrazione e inviala di nuovo.",
  ],
  "no_audio_decoded": [
    "The file begins like a recording but holds no sound. Export the call again and send the new file.",
    "Ce fichier commence comme un enregistrement mais ne contient pas de son. Exportez à nouveau l’appel.",
    "Die Datei beginnt wie eine Aufnahme, enthält aber keinen Ton. Exportieren Sie den Anruf neu.",
    "Il file comincia come una registrazione ma non contiene audio. Esporta di nuovo la chiamata.",
  ],
  "decode_failed": [
    "The file is broken and cannot be read. Fetch the recording again from where it comes and send that.",
    "Ce fichier est abîmé et illisible. Récupérez à nouveau l’enregistrement à sa source et envoyez-le.",
    "Die Datei ist beschädigt und nicht lesbar. Holen Sie die Aufnahme neu an ihrer Quelle und senden Sie diese.",
    "Il file è danneggiato e non si può leggere. Recupera di nuovo la registrazione dalla fonte e invia quella.",
  ],
  "decode_timeout": [
    "Reading the recording took too long, so it was stopped. Export the call as WAV and send that.",
    "La lecture de l’enregistrement prenait trop de temps et a été arrêtée. Exportez l’appel en WAV et envoyez-le.",
    "Das Lesen der Aufnahme dauerte zu lange und wurde beendet. Exportieren Sie den Anruf als WAV.",
    "Leggere la registrazione richiedeva troppo tempo ed è stato interrotto. Esporta la chiamata in WAV e inviala.",
  ],
  "decode_memory_limit": [
    "Reading the recording took too much memory, so it was stopped. Export the call as WAV and send that.",
    "La lecture de l’enregistrement demandait trop de mémoire et a été arrêtée. Exportez l’appel en WAV et envoyez-le.",
    "Das Lesen der Aufnahme brauchte zu viel Speicher und wurde beendet. Exportieren Sie den Anruf als WAV.",
    "Leggere la registrazione richiedeva troppa memoria ed è stato interrotto. Esporta la chiamata in WAV e inviala.",
  ],
  "audio_too_long": [
    "The recording is longer than 4 hours. Cut it into shorter parts and send each as a call.",
    "L’enregistrement dure plus de 4 heures. Coupez-le en parties plus courtes et envoyez chacune comme un appel.",
    "Die Aufnahme ist länger als 4 Stunden. Teilen Sie sie und senden Sie jeden Teil als Anruf.",
    "La registrazione dura più di 4 ore. Dividila in parti più brevi e invia ognuna come chiamata.",
  ],
  "channel_mapping_invalid": [
    "A role was given to a channel that the recording does not have. Correct the roles and send the call again.",
    "Un rôle a été donné à un canal qui n’existe pas dans l’enregistrement. Corrigez les rôles et renvoyez l’appel.",
    "Eine Rolle wurde einem Kanal gegeben, den die Aufnahme nicht hat. Berichtigen Sie die Rollen und senden Sie neu.",
    "Un ruolo è stato dato a un canale che la registrazione non ha. Correggi i ruoli e invia di nuovo la chiamata.",
  ],
  "processing_timeout": [
    "The call was in work for more than two hours and was given up. Try again.",
    "L’appel a été traité pendant plus de deux heures, puis abandonné. Réessayez.",
    "Der Anruf war länger als zwei Stunden in Arbeit und wurde aufgegeben. Versuchen Sie es noch einmal.",
    "La chiamata è rimasta in lavorazione per più di due ore ed è stata abbandonata. Riprova.",
  ],
  "deadline_passed": [
    "The call was not begun before its deadline. If you still want its text, try again or send it anew.",
    "L’appel n’a pas été commencé avant l’échéance fixée. Si le texte vous est encore utile, réessayez ou renvoyez-le.",
    "Der Anruf wurde vor seiner Frist nicht begonnen. Brauchen Sie den Text noch, so senden Sie ihn noch einmal.",
    "La chiamata non è stata iniziata entro il termine fissato. Se il testo ti serve ancora, riprova o rinviala.",
  ],
  "attempts_exhausted": [
    "Three attempts ended without a result. Try again later; if it fails again, tell the people who run the service.",
    "Trois tentatives ont échoué. Réessayez plus tard ; si l’échec se répète, prévenez les responsables du service.",
    "Drei Versuche blieben ohne Ergebnis. Versuchen Sie es später noch einmal, sonst fragen Sie die Betreiber.",
    "Tre tentativi sono rimasti senza esito. Riprova più tardi; se fallisce ancora, avvisa chi gestisce il servizio.",
  ],
  "internal_error": [
    "Something went wrong on our side. Try again; if it happens again, tell the people who run the service.",
    "Un problème est survenu de notre côté. Réessayez ; s’il se répète, prévenez les responsables du service.",
    "Bei uns ist etwas schiefgegangen. Versuchen Sie es noch einmal, sonst fragen Sie die Betreiber.",
    "Qualcosa è andato storto da parte nostra. Riprova; se succede ancora, avvisa chi gestisce il servizio.",
  ],
};
