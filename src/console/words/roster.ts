export const ROSTER_EN = {
  'roster.title': 'Upload a roster for {name}',
  'roster.back': 'Connection {name}',
  'roster.last': 'the last one',
  'roster.intro':
    'A roster has all active employees, as your HR system exports them: CSV, XML or JSON, packed with gzip or not. Who is left out has left.',
  'roster.notYours': 'You may not upload rosters here. An owner can give you the right to steer people.',
  'roster.disconnected': 'This connection is disconnected: nothing is accepted before it is connected again.',
  'roster.notEnabled':
    'This connection is not enabled yet: people are stored, and nothing leaves for an app before somebody enables it.',
  'roster.way': 'What is to happen with the file?',
  'roster.way.look': 'Only look',
  'roster.wayHelp.look':
    'Nothing is changed. You see who would be new, changed, back or missing, and which rows are wrong.',
  'roster.way.hold': 'Look, then decide',
  'roster.wayHelp.hold': 'The file is held. You see the same, and then apply just that, or give it up.',
  'roster.way.apply': 'Apply at once',
  'roster.wayHelp.apply': 'It is held only where it is hardly right, as when it has far fewer rows than the last one.',
  'roster.encoding': 'Encoding',
  'roster.encodingSeen': 'seen from the file (UTF-8)',
  'roster.encodingOfProfile': 'UTF-8, else {encoding}, as the profile says',
  'roster.encodingHelp': 'Choose one only if umlauts come out wrong. It counts for this file alone.',
  'encoding.utf-8': 'UTF-8',
  'encoding.windows-1252': 'Windows (Western European)',
  'encoding.iso-8859-15': 'ISO 8859-15',
  'encoding.utf-16le': 'UTF-16',
  'encoding.macintosh': 'Macintosh',
  'encoding.ibm850': 'DOS (Western European)',
  'encoding.windows-1250': 'Windows (Central European)',
  'roster.file': 'File: choose it, or drop it here',
  'roster.fileHelp': 'From Excel: Save as, CSV UTF-8. An error file that you have mended goes here as it is.',
  'roster.paste': 'Paste rows instead',
  'roster.text': 'Rows, with their headers',
  'roster.textHelp':
    'Copied from a spreadsheet or a text. Up to a million letters; whatever is longer upload as a file.',
  'roster.upload': 'Upload',
  'roster.uploading': 'The file is on its way.',
  'roster.broken': 'The upload did not get through. Nothing of it counts; please upload the file again.',
  'roster.nothing': 'There is no file: choose one, or paste rows.',
  'roster.tooLong': 'This is too long to be pasted: save it as a file and upload that.',
  'roster.same': 'This file is the one that was applied last: there is nothing to do.',
  'roster.positions': 'Upload positions',
  'roster.positionsHelp':
    'Where the company is organised by positions, a file with all of them comes before the roster. It stands in the place of the last one.',
  'roster.positionsFile': 'File of positions: choose it, or drop it here',
  'roster.force': 'Take it though it has far fewer positions than the last one',
  'roster.uploadPositions': 'Upload positions',
  'roster.columns': 'Which columns are read',
  'roster.ownFormat':
    'Columns are called like their attributes, in any order and letter case; a file needs a number, a name and an address:',
  'roster.otherFormat':
    'Your file has other headers? Let a profile be proposed from it, and save it for this connection:',
  'roster.header': 'Column',
  'roster.attribute': 'Attribute',
};

export const ROSTER_DE: Record<keyof typeof ROSTER_EN, string> = {
  'roster.title': 'Mitarbeiterliste für {name} hochladen',
  'roster.back': 'Verbindung {name}',
  'roster.last': 'die letzte',
  'roster.intro':
    'Eine Mitarbeiterliste enthält alle aktiven Beschäftigten, wie Ihr Personalsystem sie ausgibt: als CSV, XML oder JSON, auch mit gzip gepackt. Wer nicht darin steht, ist ausgeschieden.',
  'roster.notYours':
    'Sie dürfen hier keine Mitarbeiterlisten hochladen. Ein Inhaber kann Ihnen das Recht geben, Personen zu verwalten.',
  'roster.disconnected': 'Diese Verbindung ist getrennt: Es wird nichts angenommen, bis sie wieder verbunden ist.',
  'roster.notEnabled':
    'Diese Verbindung ist noch nicht aktiviert: Personen werden gespeichert, und nichts geht an eine App, bevor jemand sie aktiviert.',
  'roster.way': 'Was soll mit der Datei geschehen?',
  'roster.way.look': 'Nur ansehen',
  'roster.wayHelp.look':
    'Nichts wird geändert. Sie sehen, wer neu, geändert, zurück oder nicht mehr dabei wäre und welche Zeilen nicht stimmen.',
  'roster.way.hold': 'Ansehen, dann entscheiden',
  'roster.wayHelp.hold':
    'Die Datei wird angehalten. Sie sehen dasselbe und wenden dann genau das an oder verwerfen es.',
  'roster.way.apply': 'Sofort anwenden',
  'roster.wayHelp.apply':
    'Angehalten wird sie nur, wenn sie kaum stimmen kann, etwa weil sie viel weniger Zeilen hat als die letzte.',
  'roster.encoding': 'Kodierung',
  'roster.encodingSeen': 'an der Datei erkannt (UTF-8)',
  'roster.encodingOfProfile': 'UTF-8, sonst {encoding}, wie das Profil sagt',
  'roster.encodingHelp': 'Wählen Sie nur, wenn Umlaute falsch ankommen. Es gilt nur für diese Datei.',
  'encoding.utf-8': 'UTF-8',
  'encoding.windows-1252': 'Windows (westeuropäisch)',
  'encoding.iso-8859-15': 'ISO 8859-15',
  'encoding.utf-16le': 'UTF-16',
  'encoding.macintosh': 'Macintosh',
  'encoding.ibm850': 'DOS (westeuropäisch)',
  'encoding.windows-1250': 'Windows (mitteleuropäisch)',
  'roster.file': 'Datei: auswählen oder hier ablegen',
  'roster.fileHelp':
    'Aus Excel: „Speichern unter“, „CSV UTF-8“. Eine berichtigte Fehlerdatei kommt so hierher, wie sie ist.',
  'roster.paste': 'Stattdessen Zeilen einfügen',
  'roster.text': 'Zeilen mit ihren Überschriften',
  'roster.textHelp':
    'Aus einer Tabelle oder einem Text kopiert. Bis zu einer Million Zeichen; Längeres laden Sie als Datei hoch.',
  'roster.upload': 'Hochladen',
  'roster.uploading': 'Die Datei ist unterwegs.',
  'roster.broken': 'Die Datei ist nicht angekommen. Nichts daraus gilt; bitte laden Sie sie noch einmal hoch.',
  'roster.nothing': 'Es ist keine Datei dabei: Wählen Sie eine aus oder fügen Sie Zeilen ein.',
  'roster.tooLong': 'Das ist zu lang zum Einfügen: Speichern Sie es als Datei und laden Sie diese hoch.',
  'roster.same': 'Diese Datei wurde zuletzt angewendet: Es gibt nichts zu tun.',
  'roster.positions': 'Planstellen hochladen',
  'roster.positionsHelp':
    'Wo das Unternehmen nach Planstellen gegliedert ist, kommt vor der Mitarbeiterliste eine Datei mit allen Planstellen. Sie tritt an die Stelle der letzten.',
  'roster.positionsFile': 'Datei der Planstellen: auswählen oder hier ablegen',
  'roster.force': 'Annehmen, obwohl sie viel weniger Planstellen hat als die letzte',
  'roster.uploadPositions': 'Planstellen hochladen',
  'roster.columns': 'Welche Spalten gelesen werden',
  'roster.ownFormat':
    'Die Spalten heißen wie ihre Attribute, in beliebiger Reihenfolge und Schreibung; eine Datei braucht Nummer, Name und Adresse:',
  'roster.otherFormat':
    'Ihre Datei hat andere Überschriften? Lassen Sie sich daraus ein Profil vorschlagen und speichern Sie es für diese Verbindung:',
  'roster.header': 'Spalte',
  'roster.attribute': 'Attribut',
};
