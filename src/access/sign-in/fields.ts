import type { Field } from './page.ts';
import type { Say } from './words.ts';

/** The name that somebody signs in with. */
export function nameField(say: Say, value = ''): Field {
  return { name: 'name', label: say('name'), type: 'text', autocomplete: 'username', value };
}

/** A password that is there already. */
export function passwordField(say: Say): Field {
  return { name: 'password', label: say('password'), type: 'password', autocomplete: 'current-password' };
}

/** A password that is chosen now, twice. */
export function newPasswordFields(say: Say): Field[] {
  return [
    { name: 'password', label: say('password'), type: 'password', autocomplete: 'new-password' },
    { name: 'again', label: say('again'), type: 'password', autocomplete: 'new-password' },
  ];
}

/** The second factor; who has none leaves it empty. */
export function codeField(say: Say): Field {
  return { name: 'code', label: say('code'), type: 'text', autocomplete: 'one-time-code', required: false };
}

/** What came in a form, as text: anything else is none. */
export function textIn(body: unknown, name: string): string {
  const value = (body as Record<string, unknown> | undefined)?.[name];
  return typeof value === 'string' ? value.slice(0, 1_000) : '';
}
