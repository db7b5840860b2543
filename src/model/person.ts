import type { ManagerFacts } from './mapping.ts';

/** A person as SCIM resource: any attribute of the User schema and its extensions. */
export type Resource = Readonly<Record<string, unknown>>;

/** `absent`: missing from a full roster. */
export type PersonStatus = 'active' | 'deactivated' | 'absent' | 'deleted';

/** One person with all that planning needs to know of the source. */
export type Person = {
  readonly id: string;
  readonly status: PersonStatus;
  readonly resource: Resource;
  /** Names of the groups that the source put the person in, directly or not. */
  readonly groups: readonly string[];
  /** Names of groups at the target that an operator put the person in: no mapping renames or drops them. */
  readonly given?: readonly string[];
  /** Read only where a mapping or a target asks for it; null when there is no such manager. */
  readonly manager?: ManagerFacts | null;
};
