import { OAuthError, unknownClient } from './error.ts';

/** The parameters of a request; what is empty counts as absent (RFC 6749 §3.2). */
export type Form = Readonly<Record<string, string>>;

/** How a client says who it is: by a secret (RFC 6749 §2.3.1) or by an assertion that it signed (RFC 7523 §2.2). */
export type Proof =
  | { kind: 'secret'; clientId: string; secret: string }
  | { kind: 'assertion'; clientId: string | undefined; assertion: string };

const ASSERTION_TYPE = 'urn:ietf:params:oauth:client-assertion-type:jwt-bearer';

/** A parsed body as a form; a parameter that comes twice is an error (RFC 6749 §3.2). */
export function formOf(body: unknown): Form {
  if (typeof body !== 'object' || body === null) {
    throw new OAuthError('invalid_request', 'send the parameters as application/x-www-form-urlencoded');
  }
  const given = Object.entries(body as Record<string, unknown>).filter(([, value]) => value !== '');
  const twice = given.find(([, value]) => typeof value !== 'string');
  if (twice) throw new OAuthError('invalid_request', `${twice[0].slice(0, 50)} is given more than once`);
  return Object.fromEntries(given) as Form;
}

/** The one proof that a request brings; none is "invalid client", two are too many (RFC 6749 §2.3). */
export function proofOf(header: string | undefined, form: Form): Proof {
  const proofs = [basic(header), posted(form), asserted(form)].filter((proof) => proof !== null);
  const [proof, second] = proofs;
  if (second) throw new OAuthError('invalid_request', 'prove who you are in one way, not in two');
  if (!proof) throw unknownClient();
  const named = form['client_id'];
  if (named && proof.clientId && named !== proof.clientId) {
    throw new OAuthError('invalid_request', 'client_id is not the client that proves who it is');
  }
  return proof;
}

function basic(header: string | undefined): Proof | null {
  if (!header) return null;
  const encoded = /^Basic +([\w+/=-]+) *$/i.exec(header)?.[1];
  const text = Buffer.from(encoded ?? '', 'base64').toString('utf8');
  const colon = text.indexOf(':');
  if (colon < 1) throw unknownClient();
  return { kind: 'secret', clientId: unescaped(text.slice(0, colon)), secret: unescaped(text.slice(colon + 1)) };
}

/** Both halves are form-encoded before they are put together; ours have no letters that would change. */
function unescaped(text: string): string {
  try {
    return decodeURIComponent(text.replaceAll('+', ' '));
  } catch (cause) {
    throw unknownClient(cause);
  }
}

function posted(form: Form): Proof | null {
  const secret = form['client_secret'];
  if (!secret) return null;
  return { kind: 'secret', clientId: form['client_id'] ?? '', secret };
}

function asserted(form: Form): Proof | null {
  const { client_assertion: assertion, client_assertion_type: type } = form;
  if (!assertion && !type) return null;
  if (!assertion || type !== ASSERTION_TYPE) {
    throw new OAuthError('invalid_request', `client_assertion needs client_assertion_type=${ASSERTION_TYPE}`);
  }
  return { kind: 'assertion', clientId: form['client_id'], assertion };
}
