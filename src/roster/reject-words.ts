import type { RejectCode } from './row.ts';

export type Language = 'en' | 'de';
type Words = { readonly meaning: string; readonly mend: string };

/** What each code means, and how to mend it, for those who keep the roster; docs/rosters.md has the same. */
export const REJECT_WORDS: Record<RejectCode, Record<Language, Words>> = {
  missing_key: {
    en: {
      meaning: 'The row does not say who it is about.',
      mend: 'Fill in the personnel number, or whatever the profile takes as key.',
    },
    de: {
      meaning: 'Die Zeile sagt nicht, um wen es geht.',
      mend: 'Die Personalnummer eintragen, oder was das Profil als Schlüssel nimmt.',
    },
  },
  missing_email: {
    en: {
      meaning: 'There is no e-mail address.',
      mend: 'Fill it in; if some people have none, take email out of “require” in the profile.',
    },
    de: {
      meaning: 'Die E-Mail-Adresse fehlt.',
      mend: 'Die Adresse eintragen; falls manche keine haben, email im Profil aus „require“ nehmen.',
    },
  },
  missing_name: {
    en: { meaning: 'There is no name.', mend: 'Fill in the given name, the family name or the display name.' },
    de: { meaning: 'Der Name fehlt.', mend: 'Vornamen, Nachnamen oder Anzeigenamen eintragen.' },
  },
  duplicate_key: {
    en: { meaning: 'Another row is about the same person.', mend: 'Keep one row for each person.' },
    de: { meaning: 'Eine andere Zeile betrifft dieselbe Person.', mend: 'Für jede Person nur eine Zeile behalten.' },
  },
  duplicate_email: {
    en: { meaning: 'Another row has the same e-mail address.', mend: 'Give each person an address of their own.' },
    de: { meaning: 'Eine andere Zeile hat dieselbe E-Mail-Adresse.', mend: 'Jeder Person eine eigene Adresse geben.' },
  },
  invalid_email: {
    en: { meaning: 'This is not an e-mail address.', mend: 'Write one address, like ada@example.com.' },
    de: { meaning: 'Das ist keine E-Mail-Adresse.', mend: 'Eine Adresse eintragen, wie ada@example.com.' },
  },
  invalid_date: {
    en: {
      meaning: 'This is not a day of the calendar, or it is written in another way than the profile says.',
      mend: 'Write the day as “dateFormat” in the profile says, or change the profile.',
    },
    de: {
      meaning: 'Diesen Tag gibt es nicht, oder er ist anders geschrieben, als das Profil sagt.',
      mend: 'Den Tag so schreiben, wie „dateFormat“ im Profil sagt, oder das Profil ändern.',
    },
  },
  invalid_phone: {
    en: {
      meaning: 'This cannot be a telephone number.',
      mend: 'Write it with + and the country code, like +49 89 123456, or set “country” in the profile.',
    },
    de: {
      meaning: 'Das kann keine Telefonnummer sein.',
      mend: 'Mit + und Landesvorwahl schreiben, wie +49 89 123456, oder „country“ im Profil setzen.',
    },
  },
  invalid_boolean: {
    en: { meaning: 'This is neither yes nor no.', mend: 'Use a word of “booleans” in the profile, or add this one.' },
    de: {
      meaning: 'Das ist weder ja noch nein.',
      mend: 'Ein Wort aus „booleans“ im Profil verwenden, oder dieses dort eintragen.',
    },
  },
  unknown_department: {
    en: {
      meaning: 'No mapping knows this department.',
      mend: 'Correct it, or add it to the mapping. Spelling counts.',
    },
    de: {
      meaning: 'Keine Zuordnung kennt diese Abteilung.',
      mend: 'Die Abteilung berichtigen oder in die Zuordnung aufnehmen. Die Schreibweise zählt.',
    },
  },
  unknown_position: {
    en: {
      meaning: 'The file of positions does not have this position.',
      mend: 'Correct it, or send the file of positions again, before this one.',
    },
    de: {
      meaning: 'Die Datei der Planstellen enthält diese Planstelle nicht.',
      mend: 'Die Planstelle berichtigen oder die Datei der Planstellen neu senden, vor dieser.',
    },
  },
  unknown_manager: {
    en: { meaning: 'Nobody in the roster is this manager.', mend: 'Correct it, or add the manager to the roster.' },
    de: {
      meaning: 'Diese Führungskraft steht nicht in der Datei.',
      mend: 'Die Angabe berichtigen oder die Führungskraft in die Datei aufnehmen.',
    },
  },
  too_long: {
    en: {
      meaning: 'The value is too long.',
      mend: 'Shorten it: 254 characters for e-mail addresses, 256 for others; 100 groups.',
    },
    de: {
      meaning: 'Der Wert ist zu lang.',
      mend: 'Kürzen: 254 Zeichen bei E-Mail-Adressen, sonst 256; 100 Gruppen.',
    },
  },
  unreadable_text: {
    en: {
      meaning: 'There are control characters in it, letters that were lost in a conversion, or a quote out of place.',
      mend: 'Type the value anew, check the encoding of the export, and write quotes inside quotes twice.',
    },
    de: {
      meaning:
        'Es enthält Steuerzeichen, beim Umwandeln verlorene Buchstaben oder ein falsch gesetztes Anführungszeichen.',
      mend: 'Den Wert neu eingeben, die Kodierung des Exports prüfen, Anführungszeichen in Anführungszeichen verdoppeln.',
    },
  },
  wrong_number_of_columns: {
    en: {
      meaning: 'The row has more or fewer columns than there are headers, or an element comes twice.',
      mend: 'Put values with a delimiter in quotes; give each element once.',
    },
    de: {
      meaning: 'Die Zeile hat mehr oder weniger Spalten als die Kopfzeile, oder ein Element kommt doppelt vor.',
      mend: 'Werte mit Trennzeichen in Anführungszeichen setzen; jedes Element nur einmal angeben.',
    },
  },
  invalid_value: {
    en: {
      meaning: 'The attribute does not take this value.',
      mend: 'Write a value that its declaration allows; a language like de or de-DE.',
    },
    de: {
      meaning: 'Das Attribut nimmt diesen Wert nicht an.',
      mend: 'Einen Wert schreiben, den seine Deklaration erlaubt; eine Sprache wie de oder de-DE.',
    },
  },
};
