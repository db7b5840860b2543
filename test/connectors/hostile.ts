/** Ids that could leave their place in a URL; VICTIM stands for another account's id. */
export const HOSTILE_IDS = [
  '',
  ' ',
  '.',
  '..',
  'me',
  '../users/VICTIM',
  'x/../VICTIM',
  'VICTIM/',
  '/VICTIM',
  '%2e%2e/VICTIM',
  'VICTIM?',
  'VICTIM#',
  'VICTIM%00',
  'VICTIM\u0000',
  'VICTIM\r\nX-Evil: 1',
  'VICTIM;x=1',
  'x%2F..%2FVICTIM',
  '..\\VICTIM',
  '\ud800',
  "' or '1'='1",
  'zoë\u202e🎩',
];

/** Addresses that could turn a search for one person into one for another, or for all. */
export const HOSTILE_EMAILS = [
  '*',
  '%',
  '',
  'VICTIM&limit=1',
  'nobody@example.com&email=VICTIM',
  'nobody@example.com#VICTIM',
  '%56ICTIM',
  "' or '1'='1",
  '"},{"email":{"_neq":"',
  'VICTIM\u0000',
  '../users',
  'VICTIM ',
];

/** Texts that mean something to a template, to JSON, to a form or to a header. */
export const HOSTILE_TEXTS = [
  '{{ secrets.key }}',
  '{{ secrets.token }}',
  '$(settings.url) <%= settings.url %>',
  '"}, "status": "suspended", "x": {"',
  'a\r\nX-Evil: 1',
  'a&status=suspended',
  "Robert'); DROP TABLE users;--",
  '<script>alert(1)</script>',
  '日本語 \u202e עברית 🎩 e\u0301',
];
