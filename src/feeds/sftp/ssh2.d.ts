// what we use of ssh2, which brings no declarations of its own; tsconfig.json leads here
import type { EventEmitter } from 'node:events';
import type { Duplex, Readable } from 'node:stream';

export type Attributes = { readonly size: number; readonly mtime: number; readonly mode: number };
export type Entry = { readonly filename: string; readonly attrs: Attributes };
export type Sftp = {
  stat(path: string, done: (error: Error | undefined, attributes: Attributes) => void): void;
  readdir(path: string, done: (error: Error | undefined, entries: readonly Entry[]) => void): void;
  createReadStream(path: string): Readable;
};
export type ConnectOptions = {
  readonly sock: Duplex;
  readonly username: string;
  readonly password?: string;
  readonly privateKey?: string;
  readonly passphrase?: string;
  readonly readyTimeout: number;
  readonly keepaliveInterval: number;
  readonly hostVerifier: (key: Buffer) => boolean;
};

declare class Client extends EventEmitter {
  connect(options: ConnectOptions): this;
  sftp(done: (error: Error | undefined, sftp: Sftp) => void): this;
  end(): this;
  destroy(): this;
}

/** The server's part, for tests. */
export type Authentication = {
  readonly method: string;
  readonly username: string;
  readonly password?: string;
  readonly key?: { readonly algo: string; readonly data: Buffer };
  readonly signature?: Buffer;
  readonly blob?: Buffer;
  readonly hashAlgo?: string;
  accept(): void;
  reject(methods?: string[]): void;
};
export type ServerSftp = EventEmitter & {
  handle(request: number, handle: Buffer): void;
  data(request: number, data: Buffer): void;
  attrs(request: number, attributes: object): void;
  name(request: number, entries: object[]): void;
  status(request: number, code: number): void;
};
export type ServerClient = EventEmitter & { end(): void };

declare class Server extends EventEmitter {
  constructor(options: { hostKeys: string[] }, onClient: (client: ServerClient) => void);
  listen(port: number, host: string, done: () => void): this;
  address(): { port: number };
  close(done?: () => void): this;
}

declare const ssh2: {
  readonly Client: typeof Client;
  readonly Server: typeof Server;
  readonly utils: {
    parseKey(
      key: string,
      passphrase?: string,
    ): (Error | { getPublicSSH(): Buffer; verify(data: Buffer, signature: Buffer, algorithm?: string): boolean }) & {
      readonly type: string;
    };
    generateKeyPairSync(type: 'ed25519'): { readonly private: string; readonly public: string };
    readonly sftp: { readonly STATUS_CODE: Readonly<Record<string, number>> };
  };
};
export default ssh2;
