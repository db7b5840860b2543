/** What a token lets its bearer do with the directory of its connection. */
export type Access = 'read' | 'write';

export const EVERY_ACCESS: readonly Access[] = ['read', 'write'];

/** A token as an operator sees it; the token itself is shown when it is made and never again. */
export type TokenItem = {
  readonly id: string;
  /** The first characters of its secret. */
  readonly prefix: string;
  readonly scopes: readonly Access[];
  readonly createdAt: Date;
  readonly expiresAt: Date | null;
  readonly lastUsedAt: Date | null;
};
