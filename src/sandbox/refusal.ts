/** What the sandbox's API answers when it says no: an HTTP status and a code that callers can switch on. */
export class Refusal extends Error {
  override readonly name = 'Refusal';
  readonly status: number;
  readonly code: string;

  constructor(status: number, code: string, message: string, options?: ErrorOptions) {
    super(message, options);
    this.status = status;
    this.code = code;
  }
}

/** The refusal that a failed statement stands for, by the name of the constraint it broke; null for a real failure. */
export function brokenRule(error: unknown, rules: Readonly<Record<string, Refusal>>): Refusal | null {
  if (!(error instanceof Error) || !('constraint' in error)) return null;
  return rules[String(error.constraint)] ?? null;
}
