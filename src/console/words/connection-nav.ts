export const CONNECTION_NAV_EN = {
  'connectionNav.label': 'Pages of {name}',
  'connectionNav.overview': 'Overview',
  'connectionNav.policy': 'Policy',
  'connectionNav.mapping': 'Mapping',
  'connectionNav.roster-profile': 'Roster',
  'connectionNav.feed': 'Feed',
  'connectionNav.notices': 'Notices',
  'connectionNav.requests': 'Requests',
};

export const CONNECTION_NAV_DE: Record<keyof typeof CONNECTION_NAV_EN, string> = {
  'connectionNav.label': 'Seiten von {name}',
  'connectionNav.overview': 'Überblick',
  'connectionNav.policy': 'Richtlinie',
  'connectionNav.mapping': 'Zuordnung',
  'connectionNav.roster-profile': 'Mitarbeiterliste',
  'connectionNav.feed': 'Abruf',
  'connectionNav.notices': 'Meldungen',
  'connectionNav.requests': 'Anfragen',
};
