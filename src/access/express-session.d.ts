declare module 'express-session' {
  import type { Request, RequestHandler } from 'express';

  export type CookieOptions = { httpOnly: boolean; sameSite: 'lax'; secure: 'auto'; maxAge: number; path: string };
  export type SessionOptions = {
    name: string;
    secret: string;
    store: object;
    resave: boolean;
    saveUninitialized: boolean;
    rolling: boolean;
    cookie: CookieOptions;
  };
  export interface SessionData {
    cookie: { maxAge: number };
  }
  export interface Session extends SessionData {
    regenerate(done: (error?: unknown) => void): void;
    destroy(done: (error?: unknown) => void): void;
    save(done: (error?: unknown) => void): void;
  }
  function session(options: SessionOptions): RequestHandler;
  namespace session {
    const Store: unknown;
  }
  export type WithSession = Request & { session: Session; sessionID: string };
  export default session;
}

declare module 'connect-pg-simple' {
  type Options = {
    pool: { query(text: string, values: unknown[]): Promise<{ rows: unknown[] }> };
    schemaName: string;
    tableName: string;
    pruneSessionInterval: number | false;
    errorLog: (...words: unknown[]) => void;
  };
  function storeOf(session: unknown): new (options: Options) => { close(): void };
  export default storeOf;
}
