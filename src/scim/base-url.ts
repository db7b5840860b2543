import type { IncomingMessage } from 'node:http';
import type { TLSSocket } from 'node:tls';

/** Says whether the words of this proxy count: `hop` is 0 for whoever is connected to us. */
export type TrustProxy = (address: string, hop: number) => boolean;

const HOST = /^[\w.:[\]-]+$/;

/** The endpoint's URL as the client typed it; a proxy's words count only where it is trusted. No trailing slash. */
export function baseUrl(req: IncomingMessage, trusts: TrustProxy): string {
  const { socket, headers } = req;
  const trusted = trusts(socket.remoteAddress ?? '', 0);
  const encrypted = (socket as TLSSocket).encrypted === true;
  const protocol = (trusted && first(headers['x-forwarded-proto'])) || (encrypted ? 'https' : 'http');
  const typed = (trusted && first(headers['x-forwarded-host'])) || headers.host;
  // HTTP/1.0 needs no Host, and anything may stand in one
  const host = typed && HOST.test(typed) ? typed : `${socket.localAddress}:${socket.localPort}`;
  return `${protocol === 'https' ? 'https' : 'http'}://${host}/scim/v2`;
}

function first(header: string | string[] | undefined): string | undefined {
  const text = Array.isArray(header) ? header[0] : header;
  return text?.split(',', 1)[0]?.trim();
}
