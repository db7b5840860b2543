import { createCipheriv, createDecipheriv, createHmac, randomBytes } from 'node:crypto';
import { Fault } from './errors.ts';

/** Keeps targets' secrets out of the database's reach: AES-256-GCM under a key that lies elsewhere. */
export type Vault = {
  seal(secrets: Readonly<Record<string, string>>): Buffer;
  /** What was sealed; {} for null. Throws `config_invalid` when the key is another one. */
  open(sealed: Buffer | null): Record<string, string>;
  /** A secret for one purpose that every instance with the same key derives alike. */
  derive(purpose: string): string;
};

const FORMAT = 1;
const IV_BYTES = 12;
const TAG_BYTES = 16;

/** `key` is 32 bytes. Sealed: one byte of format, iv, tag, ciphertext. */
export function createVault(key: Buffer): Vault {
  return {
    seal(secrets) {
      const iv = randomBytes(IV_BYTES);
      const cipher = createCipheriv('aes-256-gcm', key, iv);
      const text = Buffer.concat([cipher.update(JSON.stringify(secrets), 'utf8'), cipher.final()]);
      return Buffer.concat([Buffer.from([FORMAT]), iv, cipher.getAuthTag(), text]);
    },
    open(sealed) {
      if (sealed === null) return {};
      try {
        const decipher = createDecipheriv('aes-256-gcm', key, sealed.subarray(1, 1 + IV_BYTES));
        decipher.setAuthTag(sealed.subarray(1 + IV_BYTES, 1 + IV_BYTES + TAG_BYTES));
        const text = Buffer.concat([decipher.update(sealed.subarray(1 + IV_BYTES + TAG_BYTES)), decipher.final()]);
        return JSON.parse(text.toString('utf8')) as Record<string, string>;
      } catch (cause) {
        const mend = 'start Gangway with the GANGWAY_KEY that the target was stored with';
        throw new Fault('config_invalid', `a target's secrets cannot be decrypted; ${mend}`, { cause });
      }
    },
    derive: (purpose) => createHmac('sha256', key).update(purpose).digest('base64url'),
  };
}
