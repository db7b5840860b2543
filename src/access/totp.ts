import { createHmac, randomBytes, timingSafeEqual } from 'node:crypto';

const ALPHABET = 'ABCDEFGHIJKLMNOPQRSTUVWXYZ234567';
const STEP_SECONDS = 30;
const DIGITS = 6;
const SECRET_BYTES = 20;
/** A clock may be half a minute off, either way. */
const DRIFT = [0, -1, 1];

/** A new secret in Base32 (RFC 4648 §6), as authenticator apps read it. */
export function newTotpSecret(): string {
  return base32(randomBytes(SECRET_BYTES));
}

/** The code of a moment (RFC 6238, HMAC-SHA-1, six digits, half a minute). */
export function totpCode(secret: string, step: number): string {
  const counter = Buffer.alloc(8);
  counter.writeBigUInt64BE(BigInt(step));
  const mac = createHmac('sha1', fromBase32(secret)).update(counter).digest();
  const offset = (mac.at(-1) ?? 0) & 0xf; // RFC 4226 §5.3
  const number = mac.readUInt32BE(offset) & 0x7fffffff;
  return String(number % 10 ** DIGITS).padStart(DIGITS, '0');
}

/** The step of time that a code belongs to, null for a wrong one. The caller refuses a step that was used before. */
export function stepOfCode(secret: string, code: string, now: number): number | null {
  const sent = Buffer.from(code.replaceAll(' ', ''));
  const current = Math.floor(now / 1000 / STEP_SECONDS);
  for (const step of DRIFT.map((drift) => current + drift)) {
    const expected = Buffer.from(totpCode(secret, step));
    if (sent.length === expected.length && timingSafeEqual(sent, expected)) return step;
  }
  return null;
}

/** What the QR code says to the app. */
export function totpUri(secret: string, name: string): string {
  const query = new URLSearchParams({ secret, issuer: 'Gangway' });
  return `otpauth://totp/Gangway:${encodeURIComponent(name)}?${query}`;
}

function base32(bytes: Buffer): string {
  const bits = [...bytes].map((byte) => byte.toString(2).padStart(8, '0')).join('');
  return (bits.match(/.{5}/g) ?? []).map((five) => ALPHABET.charAt(Number.parseInt(five, 2))).join('');
}

function fromBase32(text: string): Buffer {
  const bits = [...text].map((letter) => ALPHABET.indexOf(letter).toString(2).padStart(5, '0')).join('');
  return Buffer.from((bits.match(/.{8}/g) ?? []).map((eight) => Number.parseInt(eight, 2)));
}
