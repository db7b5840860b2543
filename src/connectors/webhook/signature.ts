import { createHmac } from 'node:crypto';
import { Fault } from '../../errors.ts';

const PREFIX = 'whsec_';

/** The key in a secret of Standard Webhooks: `whsec_` and 24 to 64 bytes in base64. Throws Fault `config_invalid`. */
export function readSecret(name: string, secret: string): Buffer {
  const text = secret.startsWith(PREFIX) ? secret.slice(PREFIX.length) : '';
  const key = Buffer.from(text, 'base64');
  // Node skips what is not base64, so the key is written back and compared
  if (key.length >= 24 && key.length <= 64 && same(key.toString('base64'), text)) return key;
  throw new Fault('config_invalid', `secrets.${name} must be whsec_ and 24 to 64 bytes in base64`);
}

function same(one: string, other: string): boolean {
  const bare = (text: string) => text.replace(/=+$/, '');
  return bare(one) === bare(other);
}

/**
 * The three headers of Standard Webhooks. With several keys, as while a secret changes, there are as many signatures
 * beside each other: the app finds the one that its secret fits.
 */
export function signatureHeaders(
  keys: readonly Buffer[],
  { id, body, at }: { id: string; body: string; at: Date },
): Record<string, string> {
  // the id is signed with dots around it, and goes into a header
  if (!/^[\x21-\x2d\x2f-\x7e]+$/.test(id))
    throw new Fault('target_refused', 'the idempotency key cannot be a webhook-id');
  const timestamp = String(Math.floor(at.getTime() / 1000));
  const sign = (key: Buffer) => createHmac('sha256', key).update(`${id}.${timestamp}.${body}`).digest('base64');
  return {
    'webhook-id': id,
    'webhook-timestamp': timestamp,
    'webhook-signature': keys.map((key) => `v1,${sign(key)}`).join(' '),
  };
}
