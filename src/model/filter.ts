export type CompareOp = 'eq' | 'ne' | 'co' | 'sw' | 'ew' | 'gt' | 'ge' | 'lt' | 'le';
export type FilterValue = string | number | boolean | null;

/** A filter as written (RFC 7644 §3.4.2.2). Paths keep the client's letter case; `at` is a position in the text. */
export type Filter =
  | { op: 'and' | 'or'; left: Filter; right: Filter }
  | { op: 'not'; filter: Filter }
  | { op: 'has'; path: string; filter: Filter; at: number }
  | { op: 'pr'; path: string; at: number }
  | { op: CompareOp; path: string; value: FilterValue; at: number };

/** An attribute that the schema knows: canonical names from the outside in, an extension's URN first. */
export type AttributeRef = {
  readonly names: readonly string[];
  readonly type: 'string' | 'boolean' | 'integer' | 'decimal' | 'dateTime' | 'reference' | 'binary' | 'complex';
  readonly caseExact: boolean;
  readonly multiValued: boolean;
};

/** A filter whose every path was found in the schema; paths inside `has` are relative to its attribute. */
export type Condition =
  | { op: 'and' | 'or'; left: Condition; right: Condition }
  | { op: 'not'; condition: Condition }
  | { op: 'has'; attribute: AttributeRef; condition: Condition }
  | { op: 'pr'; attribute: AttributeRef }
  | { op: CompareOp; attribute: AttributeRef; value: FilterValue }
  /** Nothing matches: an attribute that no schema knows, for clients that expect an empty list. */
  | { op: 'never' };
