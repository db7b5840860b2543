/** Bodies are kept up to here, in characters. */
export const KEPT_CHARACTERS = 16_384;
/** An answer that is longer is not read again only to be cut. */
const READ_CHARACTERS = 262_144;
/** Of a filter or a path; nobody reads further, and what it compares with costs more to find. */
const EXPRESSION_CHARACTERS = 4_000;
const DEEPEST = 40;
const REDACTED = '[redacted]';

/** What a name says about its value, whatever else it names: urn:…:User:password, apiToken, secrets[type eq "x"]. */
const SECRET_NAME =
  /pass(?:word|wd|phrase|code)|secret|token|credential|authorization|api[-_]?key|private[-_]?key|assertion|(?:^|[.:])(?:pin|pwd|otp|cvv)$/i;
/** Tokens and keys of our own, whatever comes after the word Bearer, and JWTs: wherever they stand. */
const SECRET_TEXT = /\bg[wkc]_[\w-]{20,}|\bBearer\s+[^\s",]+|(?<![\w-])eyJ[\w-]+\.[\w-]+\.[\w-]+/gi;
/** In a filter or path: what is in quotes, and what comes after an operator. */
const COMPARED = /"(?:[^"\\]|\\.)*"|(?<=\s(?:eq|ne|co|sw|ew|gt|ge|lt|le)\s+)[^\s")\]]+/gi;
/** Attributes of messages that hold names and values in one text (RFC 7644 §3.4.2.2, §3.5.2). */
const EXPRESSION = /^(?:filter|path|sortby)$/i;
const MOST_REMEMBERED = 100;
/** Shorter ones would be found everywhere. */
const TELLING_CHARACTERS = 4;

/** What a request says, or its answer. */
export type Said = { readonly url: string; readonly body: unknown; readonly answer: string | undefined };
export type Redacted = { readonly path: string; readonly request: string | null; readonly answer: string | null };
/** `secrets` are values that were left out, `quotesDetails` is false where not all of them can be known. */
type Pen = { text: string; readonly secrets: Set<string>; quotesDetails: boolean };

/**
 * The address and the bodies of a request and its answer, as JSON, without secrets, cut. What costs time here is what is
 * kept, however much was sent. An answer may repeat what was sent, so what was left out of one is left out of the other.
 */
export function redactRequest({ url, body, answer }: Said): Redacted {
  const secrets = new Set<string>();
  const path = redactUrl(url, secrets);
  const sent: Pen = { text: '', secrets, quotesDetails: true };
  if (body !== undefined) write(sent, body, 0);
  const request = body === undefined ? null : cut(sent.text);
  if (answer === undefined) return { path, request, answer: null };
  if (answer.length > READ_CHARACTERS) {
    return { path, request, answer: `(${answer.length} characters, too many to be kept)` };
  }
  const isKnown = sent.text.length <= KEPT_CHARACTERS && secrets.size < MOST_REMEMBERED;
  const told: Pen = { text: '', secrets: new Set(), quotesDetails: isKnown };
  write(told, JSON.parse(answer), 0);
  return { path, request, answer: cut(without(told.text, secrets)) };
}

/** Text in which tokens and keys are not shown. */
export function redactText(text: string, secrets = new Set<string>()): string {
  return text.replace(SECRET_TEXT, (found) => {
    keepSecret(secrets, found.replace(/^Bearer\s+/i, ''));
    return REDACTED;
  });
}

function redactUrl(url: string, secrets: Set<string>): string {
  const mark = url.indexOf('?');
  if (mark < 0) return redactText(url, secrets);
  const pairs = url.slice(mark + 1).split('&');
  return `${redactText(url.slice(0, mark), secrets)}?${pairs.map((pair) => redactPair(pair, secrets)).join('&')}`;
}

function redactPair(pair: string, secrets: Set<string>): string {
  const mark = pair.indexOf('=');
  const name = mark < 0 ? pair : pair.slice(0, mark);
  const value = decoded(pair.slice(mark + 1));
  if (mark >= 0 && SECRET_NAME.test(decoded(name))) {
    keepSecret(secrets, value);
    return `${name}=${REDACTED}`;
  }
  const shown = redactExpression(value, secrets);
  return shown === value ? pair : `${name}=${encodeURIComponent(shown)}`;
}

/** A filter or a path may compare with a secret; then nothing that it compares with is shown. */
function redactExpression(whole: string, secrets: Set<string>): string {
  const text = whole.slice(0, EXPRESSION_CHARACTERS);
  if (!SECRET_NAME.test(text)) return redactText(text, secrets);
  return text.replace(COMPARED, (found) => {
    keepSecret(secrets, found.replace(/^"|"$/g, ''));
    return `"${REDACTED}"`;
  });
}

/** Writes JSON until there is enough of it. */
function write(pen: Pen, value: unknown, depth: number): void {
  if (pen.text.length > KEPT_CHARACTERS) return;
  if (typeof value === 'string') pen.text += JSON.stringify(redactText(value.slice(0, KEPT_CHARACTERS), pen.secrets));
  else if (typeof value !== 'object' || value === null) pen.text += JSON.stringify(value) ?? 'null';
  else if (depth >= DEEPEST) pen.text += '"…"';
  else if (Array.isArray(value)) writeArray(pen, value, depth);
  else writeObject(pen, value as Record<string, unknown>, depth);
}

function writeArray(pen: Pen, items: readonly unknown[], depth: number): void {
  pen.text += '[';
  for (const [index, item] of items.entries()) {
    if (pen.text.length > KEPT_CHARACTERS) return;
    if (index > 0) pen.text += ',';
    write(pen, item, depth + 1);
  }
  pen.text += ']';
}

function writeObject(pen: Pen, object: Record<string, unknown>, depth: number): void {
  const isSecret = aboutSecret(object);
  let separator = '{';
  for (const key of Object.keys(object)) {
    if (pen.text.length > KEPT_CHARACTERS) return;
    const value = object[key];
    pen.text += `${separator}${JSON.stringify(redactText(key.slice(0, KEPT_CHARACTERS), pen.secrets))}:`;
    separator = ',';
    if (value !== null && (SECRET_NAME.test(key) || (isSecret && /^value$/i.test(key)))) leaveOut(pen, value);
    else if (typeof value === 'string' && EXPRESSION.test(key))
      pen.text += JSON.stringify(redactExpression(value, pen.secrets));
    else if (typeof value === 'string' && key === 'detail' && !pen.quotesDetails)
      write(pen, unquoted(value), depth + 1);
    else write(pen, value, depth + 1);
  }
  pen.text += separator === '{' ? '{}' : '}';
}

/** An operation of a PATCH names in its path what its value is. */
function aboutSecret(object: Record<string, unknown>): boolean {
  return Object.keys(object).some((key) => {
    const path = /^path$/i.test(key) ? object[key] : null;
    return typeof path === 'string' && SECRET_NAME.test(path);
  });
}

function leaveOut(pen: Pen, value: unknown): void {
  pen.text += `"${REDACTED}"`;
  remember(pen.secrets, value, 0);
}

function remember(secrets: Set<string>, value: unknown, depth: number): void {
  if (secrets.size >= MOST_REMEMBERED || depth >= DEEPEST) return;
  if (typeof value === 'string' || typeof value === 'number') keepSecret(secrets, String(value));
  else if (typeof value === 'object' && value !== null) {
    for (const one of Object.values(value).slice(0, MOST_REMEMBERED)) remember(secrets, one, depth + 1);
  }
}

/** Only so many, so that a body that is all secrets costs no more than another one. */
function keepSecret(secrets: Set<string>, text: string): void {
  if (text.length >= TELLING_CHARACTERS && secrets.size < MOST_REMEMBERED) secrets.add(text.slice(0, KEPT_CHARACTERS));
}

function without(text: string, secrets: ReadonlySet<string>): string {
  let left = text;
  for (const secret of secrets) left = left.replaceAll(JSON.stringify(secret).slice(1, -1), REDACTED);
  return left;
}

/** What an error says of a body of which not all is known may repeat a secret. */
function unquoted(detail: string): string {
  return detail.replace(/"(?:[^"\\]|\\.)*"/g, `"${REDACTED}"`);
}

function cut(text: string): string {
  return text.length > KEPT_CHARACTERS ? `${text.slice(0, KEPT_CHARACTERS)}…` : text;
}

function decoded(text: string): string {
  try {
    return decodeURIComponent(text.replaceAll('+', ' '));
  } catch {
    return text; // a broken escape: as it was sent
  }
}
