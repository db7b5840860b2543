import {
  createServer,
  type IncomingHttpHeaders,
  type IncomingMessage,
  type Server,
  type ServerResponse,
} from 'node:http';
import type { AddressInfo } from 'node:net';

export type Asked = { readonly url: string; readonly headers: IncomingHttpHeaders };
export type FileServer = {
  readonly origin: string;
  /** What was asked for, the oldest first. */
  readonly asked: Asked[];
  /** What answers from now on. */
  answer: (req: IncomingMessage, res: ServerResponse) => void;
  stop(): Promise<void>;
};

/** A real web server on loopback, as a company has one for its exports. */
export async function startFileServer(
  answer: FileServer['answer'] = (_req, res) => res.writeHead(404).end(),
): Promise<FileServer> {
  const asked: Asked[] = [];
  const server: Server = createServer((req, res) => {
    asked.push({ url: req.url ?? '', headers: req.headers });
    files.answer(req, res);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const files: FileServer = {
    origin: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    asked,
    answer,
    stop: async () => {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
  return files;
}

/** Answers with a file, and 304 for who has it. */
export function serves(text: string, etag: string, headers: Record<string, string> = {}): FileServer['answer'] {
  return (req, res) => {
    if (req.headers['if-none-match'] === etag) res.writeHead(304).end();
    else
      res
        .writeHead(200, { etag, 'content-type': 'text/csv', ...headers, 'content-length': Buffer.byteLength(text) })
        .end(text);
  };
}
