type WithSource = { source?: string };

/** JSON with whole numbers as bigint, so that an id beyond 2^53 keeps its last digits; undefined when it is not JSON. */
export function parseJson(text: string): unknown {
  // the third argument of a reviver is not in TypeScript's lib yet
  const revive = (_key: string, value: unknown, context?: WithSource) =>
    typeof value === 'number' && context?.source && /^-?\d+$/.test(context.source) ? BigInt(context.source) : value;
  try {
    return JSON.parse(text, revive as (key: string, value: unknown) => unknown);
  } catch {
    return undefined;
  }
}

/** JSON text of a value which may hold bigints. */
export function toJson(value: unknown): string {
  return JSON.stringify(value, (_key, part: unknown) => (typeof part === 'bigint' ? rawNumber(part) : part));
}

function rawNumber(value: bigint): unknown {
  // JSON.rawJSON (ES2026) is not in TypeScript's lib yet
  const { rawJSON } = JSON as unknown as { rawJSON: (text: string) => unknown };
  return rawJSON(String(value));
}

/** True for a JSON object. */
export function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
