import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import { SMTPServer, type SMTPServerOptions } from 'smtp-server';

export type Received = { to: string[]; raw: string };
export type MailServer = {
  readonly url: string;
  /** What was handed over, the oldest first, also where the answer was then withheld. */
  readonly mails: Received[];
  /** What it does with the next messages. */
  mode: 'take' | 'no such mailbox' | 'try later' | 'hang up after the text' | 'say nothing after the text';
  stop(): Promise<void>;
};

/** A real SMTP server that misbehaves when told to. */
export async function startMailServer(port = 0): Promise<MailServer> {
  const answer = (code: number, text: string) => Object.assign(new Error(text), { responseCode: code });
  const onRcptTo: SMTPServerOptions['onRcptTo'] = (_address, _session, done) => {
    if (server.mode === 'no such mailbox') return done(answer(550, 'no such mailbox here'));
    if (server.mode === 'try later') return done(answer(451, 'greylisted, try later'));
    done();
  };
  const onData: SMTPServerOptions['onData'] = (stream, session, done) => {
    const chunks: Buffer[] = [];
    stream.on('data', (chunk: Buffer) => chunks.push(chunk));
    stream.on('end', () => {
      server.mails.push({
        to: session.envelope.rcptTo.map(({ address }) => address),
        raw: Buffer.concat(chunks).toString('utf8'),
      });
      if (server.mode === 'say nothing after the text') return;
      if (server.mode !== 'hang up after the text') return done(null, 'taken');
      for (const client of smtp.connections) hangUp(client);
    });
  };
  const smtp = new SMTPServer({
    authOptional: true,
    disabledCommands: ['STARTTLS', 'AUTH'],
    disableReverseLookup: true,
    onRcptTo,
    onData,
  });
  smtp.on('error', () => {}); // a client that we hung up on
  const listening = smtp.listen(port, '127.0.0.1');
  await once(listening, 'listening');
  const { port: bound } = listening.address() as AddressInfo;
  const server: MailServer = {
    url: `smtp://127.0.0.1:${bound}`,
    mails: [],
    mode: 'take',
    stop: () =>
      new Promise((resolve) => {
        smtp.close(() => resolve());
        for (const client of smtp.connections) hangUp(client);
      }),
  };
  return server;
}

/** The library has no way to end a conversation in the middle, which is what a broken line does. */
function hangUp(client: unknown): void {
  (client as { _socket: { destroy(): void } })._socket.destroy();
}

/** A mail's text parts with quoted-printable and soft line ends undone. */
export function decoded({ raw }: Received): string {
  const bytes = raw.replace(/=\r?\n/g, '').replace(/=([0-9A-F]{2})/g, (_, hex: string) => `%${hex}`);
  return bytes.replace(/(?:%[0-9A-F]{2})+/g, (run) => {
    try {
      return decodeURIComponent(run);
    } catch {
      return run;
    }
  });
}

/** The address that accepts the invite of a mail. */
export function linkIn(mail: Received): string {
  const link = /https?:\/\/\S+\/join\/[\w-]{44}/.exec(decoded(mail))?.[0];
  if (!link) throw new Error(`no link in: ${mail.raw}`);
  return link;
}
