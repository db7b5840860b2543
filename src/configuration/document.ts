import type { Environment } from '../model/environment.ts';
import type { ExtensionSchema } from '../model/extension.ts';

/** Fields by name, as an admin has written them. */
export type Fields = Readonly<Record<string, unknown>>;

export type TargetConfig = {
  readonly kind: string;
  readonly environment: Environment;
  readonly settings: Fields;
  /** Names of the secrets that it has; what they are is never told. */
  readonly secrets: readonly string[];
};
export type ConnectionConfig = {
  readonly profile: string;
  /** Names of the targets that follow it. */
  readonly targets: readonly string[];
  /** What it sets itself; the rhythm of comparing accounts is among it. */
  readonly policy: Fields;
  readonly mapping: Fields;
  readonly rosterProfile: Fields;
};

/** What a tenant has configured, without people, ids and secrets. What is left out of a file is not meant. */
export type ConfigDocument = {
  /** What the tenant is for: targets of a test system are not those of a live one. */
  readonly environment: Environment;
  readonly policy?: Fields;
  readonly extensions?: Readonly<Record<string, ExtensionSchema>>;
  readonly targets?: Readonly<Record<string, TargetConfig>>;
  readonly connections?: Readonly<Record<string, Partial<ConnectionConfig>>>;
};
