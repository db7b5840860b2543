import SCIMMY from 'scimmy';
import type { Context } from './context.ts';

/** What one endpoint does. Each answers JSON text, which scimmy-routers sends as it is. */
export type Handlers = {
  list(context: Context): Promise<string>;
  read(context: Context, id: string): Promise<string>;
  create(context: Context, body: unknown): Promise<string>;
  replace(context: Context, id: string, body: unknown): Promise<string>;
  /** Undefined answers 204. */
  patch(context: Context, id: string, body: unknown): Promise<string | undefined>;
  remove(context: Context, id: string): Promise<void>;
};

/**
 * The class that scimmy-routers wants for an endpoint. It holds the id of one request and hands over to the handlers:
 * SCIMMY's own reading of queries and its coercion would cost twenty times everything else, and its basepath is module
 * state, which would leak one connection's URLs into another's answers.
 */
export function resourceClass(endpoint: string, schema: typeof SCIMMY.Types.Schema, handlers: Handlers) {
  const Endpoint = class extends SCIMMY.Types.Resource {
    readonly #id: string | null;

    constructor(id?: unknown) {
      super();
      this.#id = typeof id === 'string' ? id : null;
    }

    static override get endpoint(): string {
      return endpoint;
    }
    static override get schema(): typeof SCIMMY.Types.Schema {
      return schema;
    }
    static override basepath(): typeof SCIMMY.Types.Resource {
      return Endpoint as unknown as typeof SCIMMY.Types.Resource;
    }

    // scimmy types the context as anything; ours always passes a Context
    override async read(context?: unknown): Promise<string> {
      return this.#id === null ? handlers.list(context as Context) : handlers.read(context as Context, this.#id);
    }
    override async write(body: unknown, context?: unknown): Promise<string> {
      return this.#id === null
        ? handlers.create(context as Context, body)
        : handlers.replace(context as Context, this.#id, body);
    }
    override async patch(body: unknown, context?: unknown): Promise<string | undefined> {
      return handlers.patch(context as Context, this.#id ?? '', body);
    }
    override async dispose(context?: unknown): Promise<void> {
      return handlers.remove(context as Context, this.#id ?? '');
    }
  };
  return Endpoint;
}
