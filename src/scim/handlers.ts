import type { Context } from './context.ts';

/** What the endpoint of one resource type does; each answers JSON text. */
export type Handlers = {
  list(context: Context): Promise<string>;
  /** Null when the client has this version already (304). */
  read(context: Context, id: string): Promise<string | null>;
  create(context: Context, body: unknown): Promise<string>;
  replace(context: Context, id: string, body: unknown): Promise<string>;
  /** Undefined answers 204. */
  patch(context: Context, id: string, body: unknown): Promise<string | undefined>;
  remove(context: Context, id: string): Promise<void>;
};
