import type { AttributeRef, Condition, FilterValue } from '../model/filter.ts';

type Leaf = Exclude<Condition, { op: 'and' | 'or' | 'not' | 'has' | 'never' }>;
const PATH_OPERATOR = { eq: '==', gt: '>', ge: '>=', lt: '<', le: '<=' } as const;

// Every comparison stands in `exists(… ? (…))`: comparing values of two types is "unknown" in jsonpath, and the negation
// of unknown is unknown too, while exists is always true or false.

/** `emails[type eq "work" and value co "x"]` as a jsonpath that asks both of the same element. */
export function elementPath(attribute: AttributeRef, condition: Condition): string {
  return `exists(${steps('$', attribute.names)}[*] ? (${insidePath(condition)}))`;
}

function insidePath(condition: Condition): string {
  switch (condition.op) {
    case 'and':
      return `(${insidePath(condition.left)} && ${insidePath(condition.right)})`;
    case 'or':
      return `(${insidePath(condition.left)} || ${insidePath(condition.right)})`;
    case 'not':
      return `!(${insidePath(condition.condition)})`;
    case 'never':
    case 'has': // brackets cannot stand inside brackets
      return '(1 == 0)';
    default:
      return leafPath('@', condition);
  }
}

/** One comparison as a jsonpath predicate; arrays on the way are unwrapped, any one element will do. */
export function leafPath(root: '$' | '@', leaf: Leaf): string {
  const { attribute } = leaf;
  const path = steps(root, attribute.names);
  if (leaf.op === 'pr') return presentPath(path, attribute);
  if (leaf.value === null) return leaf.op === 'eq' ? `!(exists(${path}))` : `(exists(${path}))`;
  const some = (test: string) => `exists(${path} ? (${test}))`;
  const literal = JSON.stringify(leaf.value);
  switch (leaf.op) {
    case 'co':
      return some(`@ like_regex ${literal} flag "q"`);
    case 'sw':
      return some(`@ starts with ${literal}`);
    case 'ew':
      return some(`@ like_regex ${JSON.stringify(`${escapeRegex(String(leaf.value))}$`)}`);
    case 'ne': // an absent attribute is not equal to anything (RFC 7644 §3.4.2.2)
      return `!(${some(`@ == ${literal}`)})`;
    default:
      return some(`@ ${PATH_OPERATOR[leaf.op]} ${literal}`);
  }
}

/** Present is what is not empty, for a complex attribute: what holds something that is not empty. */
function presentPath(path: string, attribute: AttributeRef): string {
  const full = '@.type() == "number" || @.type() == "boolean" || @.type() == "string" && @ != ""';
  return `exists(${path}${attribute.type === 'complex' ? '.**' : ''} ? (${full}))`;
}

function escapeRegex(text: string): string {
  return text.replace(/[\\^$.*+?()[\]{}|]/g, '\\$&');
}

function steps(root: string, names: readonly string[]): string {
  return names.reduce((path, name) => `${path}.${JSON.stringify(name)}`, root);
}

/** The smallest document that a match contains: `{"emails":[{"value":"x"}]}`. */
export function containing(attribute: AttributeRef, value: FilterValue): unknown {
  const { names, multiValued } = attribute;
  const list = names[0]?.startsWith('urn:') ? 1 : 0; // the sub-attributes of a multi-valued attribute are single
  return names.reduceRight<unknown>(
    (inner, name, index) => ({ [name]: multiValued && index === list ? [inner] : inner }),
    value,
  );
}
