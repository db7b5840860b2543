/** The part that we use; the published types drag in a web framework that does not compile. */
declare module 'passport-http-bearer' {
  import type { Strategy as PassportStrategy } from 'passport';

  type Done = (error: unknown, user?: unknown) => void;
  export const Strategy: new (verify: (token: string, done: Done) => void) => PassportStrategy;
}
