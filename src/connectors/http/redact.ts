import { Fault } from '../../errors.ts';

/** Takes secrets out of a text: a target may quote our request in its error. */
export function redactor(secrets: readonly string[]): (text: string) => string {
  // short values would tear up ordinary words
  const long = secrets.filter((secret) => secret.length >= 6);
  const forms = long.flatMap((secret) => [secret, encodeURIComponent(secret), JSON.stringify(secret).slice(1, -1)]);
  return (text) => forms.reduce((kept, form) => kept.replaceAll(form, '[secret]'), text);
}

/** Runs it; a Fault that comes out of it is told with the target's name before it and no secret in it. */
export async function redactFaults<T>(
  name: string,
  redact: (text: string) => string,
  run: () => Promise<T>,
): Promise<T> {
  try {
    return await run();
  } catch (error) {
    if (!(error instanceof Fault)) throw error;
    const { code, cause, retryAfter } = error;
    throw new Fault(code, redact(`${name}: ${error.message}`), { cause, retryAfter });
  }
}
