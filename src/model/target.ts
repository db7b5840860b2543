import type { Environment } from './environment.ts';

/** An application that accounts live in. Secrets are kept apart, encrypted. */
export type Target = {
  readonly tenantId: string;
  readonly id: string;
  readonly name: string;
  readonly kind: string;
  readonly environment: Environment;
  readonly settings: Readonly<Record<string, unknown>>;
};
