import type { NoticeKind, NoticeLanguage } from '../model/notice.ts';

/** What one kind of notice says; gaps like {people} are filled in. No name of a person ever stands in a title. */
export type KindWords = {
  /** The subject, and the heading. */
  readonly title: string;
  readonly says: readonly string[];
  /** How to mend it. */
  readonly mend: string;
};

const ROSTER_COUNTS = {
  en: 'Rows taken: {rows}. New: {new}, changed: {changed}, back: {returned}, missing: {missing}.',
  de: 'Übernommene Zeilen: {rows}. Neu: {new}, geändert: {changed}, zurück: {returned}, fehlend: {missing}.',
};

/** What each kind says in each language. */
export const KIND_WORDS: Record<NoticeLanguage, Record<NoticeKind, KindWords>> = {
  en: {
    roster_accepted: {
      title: 'Roster accepted: {rows} rows',
      says: [ROSTER_COUNTS.en],
      mend: 'Nothing is left to do.',
    },
    roster_partly: {
      title: 'Roster taken in part: {rejected} of {all} rows were not',
      says: [ROSTER_COUNTS.en, 'Rows not taken: {rejected}. What is wrong with most of them:'],
      mend: 'Get the error file, mend its rows and upload it as it is. All other rows are applied.',
    },
    roster_refused: {
      title: 'Roster refused',
      says: ['Nothing of the file was taken: {reason}'],
      mend: 'Mend the file or the profile, and upload it again.',
    },
    roster_held: {
      title: 'Roster held: somebody must decide',
      says: ['Nothing of the file is applied until then. Why it is held: {reason}'],
      mend: 'If the file is right, release it. If not, discard it (gangway roster discard) and upload a better one.',
    },
    roster_failed: {
      title: 'Roster failed',
      says: ['It was not applied to its end: {reason}'],
      mend: 'Mend what is named and send it again: what was applied stays, and nothing is done twice.',
    },
    roster_overdue: {
      title: 'Roster overdue: expected every {every}',
      says: ['{last}', 'It has been overdue since {due}.'],
      mend: 'Export and upload it now, or find out why the schedule did not.',
    },
    guard_held: {
      title: 'Losses of access are held (people: {people})',
      says: ['People who would {loss} at {target}: {people}. Accounts there: {active}. {until}', '{second}'],
      mend: 'Look who they are. If it is right, release it; if it is a mistake, discard it and mend the source.',
    },
    reconcile_alarm: {
      title: 'Alarm: the accounts at {target} are not as expected',
      says: ['{resurrected}', '{held}'],
      mend: 'Find out who changed accounts there. If the list is right: gangway reconcile {connection} --force',
    },
    target_down: {
      title: '{target} {state}',
      says: ['{since}', '{until}'],
      mend: 'Nothing is lost: deliveries wait, and go on by themselves once it answers. Tell whoever runs the app.',
    },
    token_expiring: {
      title: 'A token expires soon (days left: {days} at most)',
      says: ['The token {prefix}… expires on {at}. From then on all its requests are refused.'],
      mend: 'Make a second token, paste it into the source, then revoke this one: no request fails meanwhile.',
    },
    token_expired: {
      title: 'A token has expired',
      says: ['The token {prefix}… expired on {at}. Requests with it are refused, so nothing new arrives by it.'],
      mend: 'Make a new token and paste it into the source.',
    },
    waiting: {
      title: 'Waiting for a human (people: {people})',
      says: ['Nothing happens for them until somebody decides or mends something:'],
      mend: 'Go through the list: each line says what is missing.',
    },
    weekly: {
      title: 'The week up to {to}',
      says: [
        'Accounts: {joined} new, {left} ended, {returned} given back, {changed} changed, {failed} not delivered.',
        'Waiting: {held} losses of access held, {heldRosters} rosters held, {waiting} people for a human.',
        'Roster overdue: {overdue}. Tokens that expire within 30 days: {tokens}.',
      ],
      mend: 'Read the reports now and then, and change at the source what is wrong there, not at the app.',
    },
    events_paused: {
      title: 'Events are not sent any more to {name}',
      says: ['The stream is paused: {why}. It has failed since {at}.'],
      mend: 'Mend the receiver, then resume the stream within 30 days of the failure: it goes on where it was.',
    },
  },
  de: {
    roster_accepted: {
      title: 'Personalliste übernommen: {rows} Zeilen',
      says: [ROSTER_COUNTS.de],
      mend: 'Es ist nichts mehr zu tun.',
    },
    roster_partly: {
      title: 'Personalliste teilweise übernommen: {rejected} von {all} Zeilen nicht',
      says: [ROSTER_COUNTS.de, 'Nicht übernommene Zeilen: {rejected}. Was bei den meisten falsch ist:'],
      mend: 'Die Fehlerdatei holen, ihre Zeilen berichtigen und sie so hochladen. Alle anderen Zeilen sind übernommen.',
    },
    roster_refused: {
      title: 'Personalliste abgelehnt',
      says: ['Von der Datei wurde nichts übernommen. Begründung des Systems: {reason}'],
      mend: 'Die Datei oder das Profil berichtigen und die Datei neu hochladen.',
    },
    roster_held: {
      title: 'Personalliste angehalten: jemand muss entscheiden',
      says: ['Bis dahin wird nichts davon übernommen. Begründung des Systems: {reason}'],
      mend: 'Ist die Datei richtig, geben Sie sie frei. Wenn nicht, verwerfen Sie sie (gangway roster discard) und laden eine bessere hoch.',
    },
    roster_failed: {
      title: 'Personalliste fehlgeschlagen',
      says: ['Sie wurde nicht zu Ende übernommen. Begründung des Systems: {reason}'],
      mend: 'Das Genannte beheben und sie noch einmal senden: Übernommenes bleibt, und nichts geschieht doppelt.',
    },
    roster_overdue: {
      title: 'Personalliste überfällig: erwartet alle {every}',
      says: ['{last}', 'Sie ist seit {due} überfällig.'],
      mend: 'Die Liste jetzt exportieren und hochladen, oder klären, warum der Zeitplan es nicht tat.',
    },
    guard_held: {
      title: 'Entzug von Zugängen angehalten (Personen: {people})',
      says: ['Personen, die in {target} {loss} würden: {people}. Konten dort: {active}. {until}', '{second}'],
      mend: 'Sehen Sie nach, wer es ist. Ist es richtig, geben Sie es frei; ist es ein Irrtum, verwerfen Sie es und berichtigen die Quelle.',
    },
    reconcile_alarm: {
      title: 'Alarm: die Konten in {target} sind anders als erwartet',
      says: ['{resurrected}', '{held}'],
      mend: 'Klären Sie, wer dort Konten geändert hat. Ist die Liste richtig: gangway reconcile {connection} --force',
    },
    target_down: {
      title: '{target} {state}',
      says: ['{since}', '{until}'],
      mend: 'Es geht nichts verloren: Änderungen warten und gehen von selbst weiter, sobald die App antwortet. Sagen Sie es deren Betreiber.',
    },
    token_expiring: {
      title: 'Ein Token läuft bald ab (Tage: höchstens {days})',
      says: ['Das Token {prefix}… läuft am {at} ab. Danach werden alle seine Anfragen abgewiesen.'],
      mend: 'Ein zweites Token erzeugen, in der Quelle eintragen, dann dieses widerrufen: so scheitert keine Anfrage.',
    },
    token_expired: {
      title: 'Ein Token ist abgelaufen',
      says: [
        'Das Token {prefix}… ist am {at} abgelaufen. Anfragen damit werden abgewiesen, also kommt so nichts Neues an.',
      ],
      mend: 'Ein neues Token erzeugen und in der Quelle eintragen.',
    },
    waiting: {
      title: 'Es wartet auf einen Menschen (Personen: {people})',
      says: ['Für sie geschieht nichts, bis jemand etwas entscheidet oder berichtigt:'],
      mend: 'Gehen Sie die Liste durch: jede Zeile sagt, was fehlt.',
    },
    weekly: {
      title: 'Die Woche bis {to}',
      says: [
        'Konten: {joined} neu, {left} beendet, {returned} zurückgegeben, {changed} geändert, {failed} nicht zugestellt.',
        'Es warten: {held} angehaltene Entzüge, {heldRosters} angehaltene Personallisten, {waiting} Personen auf einen Menschen.',
        'Personalliste überfällig: {overdue}. Token, die binnen 30 Tagen ablaufen: {tokens}.',
      ],
      mend: 'Sehen Sie ab und zu in die Berichte, und ändern Sie Falsches in der Quelle, nicht in der App.',
    },
    events_paused: {
      title: 'Ereignisse gehen nicht mehr an {name}',
      says: ['Der Strom ist angehalten. Begründung des Systems: {why}. Er scheitert seit {at}.'],
      mend: 'Den Empfänger in Ordnung bringen und den Strom binnen 30 Tagen fortsetzen: er macht weiter, wo er war.',
    },
  },
};
