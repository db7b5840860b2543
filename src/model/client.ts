import type { Connection } from './connection.ts';

/** A public key as RFC 7517 writes it. */
export type PublicKey = { readonly kty: string; readonly kid?: string; readonly [name: string]: unknown };
export type PublicKeys = { readonly keys: readonly PublicKey[] };

/** An OAuth client as an operator sees it. */
export type ClientItem = {
  readonly id: string;
  readonly clientId: string;
  readonly authentication: 'client_secret' | 'private_key_jwt';
  readonly createdAt: Date;
  /** When one of its tokens was used last, to the minute; null where none is known any more. */
  readonly lastUsedAt: Date | null;
};

/** What proves that a client is who it says: a secret's hash or public keys. */
export type Client = {
  readonly id: string;
  readonly clientId: string;
  readonly connection: Connection;
  readonly secretHash: Buffer | null;
  readonly keys: PublicKeys | null;
};
