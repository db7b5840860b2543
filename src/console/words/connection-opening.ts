export const CONNECTION_OPENING_EN = {
  'connection.opening': 'Does its opening work?',
  'connection.openingHelp':
    'Gangway plays what the source asks first, with a token of its own that is gone afterwards. Nothing is changed.',
  'connection.openingPlay': 'Test with the first requests of {name}',
  'connection.openingTitle': 'The first requests of {name}',
  'connection.openingPassed': 'Everything was answered as the source expects it.',
  'connection.openingFailed':
    'Something was not answered as the source expects it. What stands beside it says what to mend.',
  'connection.openingRequest': 'Request',
  'connection.openingStatus': 'Status',
  'connection.openingResult': 'Result',
  'connection.openingFine': 'fine',
  'connection.openingWrong': 'wrong',
  'connection.outside': 'From outside',
  'connection.outsideHelp':
    'This was played inside the server. Whether the source reaches it, by this address and with its own token, this command tries from where you are. The token is in the variable TOKEN.',
};

export const CONNECTION_OPENING_DE: Record<keyof typeof CONNECTION_OPENING_EN, string> = {
  'connection.opening': 'Funktionieren die ersten Anfragen?',
  'connection.openingHelp':
    'Gangway spielt durch, was die Quelle zuerst fragt, mit einem eigenen Token, das danach verschwindet. Nichts wird geändert.',
  'connection.openingPlay': 'Mit den ersten Anfragen testen: {name}',
  'connection.openingTitle': 'Erste Anfragen: {name}',
  'connection.openingPassed': 'Alles wurde so beantwortet, wie die Quelle es erwartet.',
  'connection.openingFailed':
    'Etwas wurde nicht so beantwortet, wie die Quelle es erwartet. Daneben steht, was zu beheben ist.',
  'connection.openingRequest': 'Anfrage',
  'connection.openingStatus': 'Status',
  'connection.openingResult': 'Ergebnis',
  'connection.openingFine': 'in Ordnung',
  'connection.openingWrong': 'falsch',
  'connection.outside': 'Von außen',
  'connection.outsideHelp':
    'Das lief innerhalb des Servers ab. Ob die Quelle ihn unter dieser Adresse und mit ihrem eigenen Token erreicht, prüft dieser Befehl von dort, wo Sie sind. Das Token steht in der Variablen TOKEN.',
};
