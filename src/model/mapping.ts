/** What becomes of a value that a table does not name. */
export type Otherwise = 'keep' | 'drop' | { readonly value: string };

/** Where a rule's value comes from, one of the two: an attribute path like `name.givenName`, or a CEL expression. */
export type MappingSource = { readonly from?: string; readonly expression?: string };

/** How one attribute of an account comes about. */
export type AttributeRule = MappingSource & {
  readonly table?: Readonly<Record<string, string>>;
  /** True when letter case and outer blanks do not count in `table`. */
  readonly fold?: boolean;
  /** `keep` when left out. */
  readonly otherwise?: Otherwise;
  /** For people of whom the source says nothing. */
  readonly default?: string;
};

/** Names of the source, each with the name or names at the target. */
export type GroupTable = Readonly<Record<string, string | readonly string[]>>;

/** How a value of a person becomes groups. */
export type GroupRule = MappingSource & {
  readonly table?: GroupTable;
  readonly fold?: boolean;
  /** `drop` when left out and there is a table: a value that nobody named makes no group. */
  readonly otherwise?: 'keep' | 'drop';
};

/** How the groups of an account come about. */
export type GroupMapping = {
  readonly table?: GroupTable;
  readonly fold?: boolean;
  /** For groups of the source that `table` does not name: `keep` when left out. */
  readonly otherwise?: 'keep' | 'drop';
  /** Groups by attributes, besides those of the source. */
  readonly from?: readonly GroupRule[];
};

/** How a connection's people become accounts; docs/mapping.md explains each field. `{}` is as built in. */
export type Mapping = {
  /** Once there is any, nothing else leaves. */
  readonly attributes?: Readonly<Record<string, AttributeRule>>;
  readonly groups?: GroupMapping;
  /** CEL: who is to have an account at all. */
  readonly scope?: string;
  /** Attributes that are neither sent nor compared nor emptied. */
  readonly neverManaged?: readonly string[];
};

/** What reports may know of their manager; null where it is not known. */
export type ManagerFacts = {
  readonly email: string | null;
  readonly name: string | null;
  /** The manager's account at the same target. */
  readonly account: string | null;
};

/** Sources that are found with the manager instead of with the person. */
export const MANAGER_SOURCES = {
  managerEmail: 'email',
  managerName: 'name',
  managerAccount: 'account',
} as const satisfies Record<string, keyof ManagerFacts>;
