import { createHash } from 'node:crypto';
import ssh2, { type Authentication, type ServerClient, type ServerSftp } from 'ssh2';

export type SftpFile = { text: string; mtime: number; folder?: boolean };
export type SftpServer = {
  readonly port: number;
  /** As `ssh-keygen -l` shows it. */
  readonly fingerprint: string;
  /** By their whole paths. */
  readonly files: Map<string, SftpFile>;
  /** What was tried to sign in with. */
  readonly tried: string[];
  /** Called before each read of a file. */
  reading: (path: string) => void;
  /** Hangs up on everybody. */
  hangUp(): void;
  stop(): Promise<void>;
};

const STATUS = ssh2.utils.sftp.STATUS_CODE;
const [OK = 0, EOF = 1, NO_SUCH_FILE = 2] = [STATUS['OK'], STATUS['EOF'], STATUS['NO_SUCH_FILE']];

/** An SFTP server on loopback with files in memory; it takes this user by password or by key. */
export async function startSftpServer(user: {
  name: string;
  password: string;
  publicKey?: string;
}): Promise<SftpServer> {
  const host = ssh2.utils.generateKeyPairSync('ed25519');
  const clients = new Set<ServerClient>();
  const tried: string[] = [];
  const files = new Map<string, SftpFile>();
  const server = new ssh2.Server({ hostKeys: [host.private] }, (client) => {
    clients.add(client);
    client.on('error', () => {});
    client.on('close', () => clients.delete(client));
    client.on('authentication', (asked: Authentication) => {
      tried.push(asked.method);
      if (takes(user, asked)) asked.accept();
      else asked.reject(['password', 'publickey']);
    });
    client.on('ready', () => {
      client.on('session', (accept: () => NodeJS.EventEmitter) => {
        accept().on('sftp', (acceptSftp: () => ServerSftp) => serve(acceptSftp(), running));
      });
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const running: SftpServer = {
    port: server.address().port,
    fingerprint: fingerprintOf(host.public),
    files,
    tried,
    reading: () => {},
    hangUp: () => {
      for (const client of clients) client.end();
    },
    stop: async () => {
      running.hangUp();
      await new Promise<void>((resolve) => server.close(() => resolve()));
    },
  };
  return running;
}

function takes(user: { name: string; password: string; publicKey?: string }, asked: Authentication): boolean {
  if (asked.username !== user.name) return false;
  if (asked.method === 'password') return asked.password === user.password;
  if (asked.method !== 'publickey' || !user.publicKey || !asked.key) return false;
  const known = ssh2.utils.parseKey(user.publicKey);
  if (known instanceof Error || !known.getPublicSSH().equals(asked.key.data)) return false;
  return !asked.signature || known.verify(asked.blob ?? Buffer.alloc(0), asked.signature, asked.hashAlgo) === true;
}

function serve(sftp: ServerSftp, server: SftpServer): void {
  const { files } = server;
  const open = new Map<number, { path: string; listed: boolean }>();
  let handles = 0;
  const handleFor = (path: string) => {
    const handle = Buffer.alloc(4);
    handle.writeUInt32BE(++handles);
    open.set(handles, { path, listed: false });
    return handle;
  };
  const at = (handle: Buffer) => open.get(handle.readUInt32BE());
  const attributes = ({ text, mtime, folder }: SftpFile) => ({
    ...{ mode: folder ? 0o40755 : 0o100644, uid: 0, gid: 0, size: Buffer.byteLength(text), atime: mtime, mtime },
  });
  const stat = (id: number, path: string) => {
    const file = files.get(path);
    if (file) sftp.attrs(id, attributes(file));
    else sftp.status(id, NO_SUCH_FILE);
  };
  sftp.on('STAT', stat);
  sftp.on('LSTAT', stat);
  sftp.on('FSTAT', (id: number, handle: Buffer) => stat(id, at(handle)?.path ?? ''));
  sftp.on('OPEN', (id: number, path: string) => {
    if (files.has(path)) sftp.handle(id, handleFor(path));
    else sftp.status(id, NO_SUCH_FILE);
  });
  sftp.on('OPENDIR', (id: number, path: string) => {
    const folder = path.endsWith('/') ? path : `${path}/`;
    if ([...files.keys()].some((name) => name.startsWith(folder))) sftp.handle(id, handleFor(folder));
    else sftp.status(id, NO_SUCH_FILE);
  });
  sftp.on('READDIR', (id: number, handle: Buffer) => {
    const folder = at(handle);
    if (!folder || folder.listed) return sftp.status(id, EOF);
    folder.listed = true;
    const inside = [...files].filter(([path]) => path.startsWith(folder.path));
    sftp.name(
      id,
      inside.map(([path, file]) => ({
        filename: path.slice(folder.path.length),
        longname: path,
        attrs: attributes(file),
      })),
    );
  });
  sftp.on('READ', (id: number, handle: Buffer, offset: number, length: number) => {
    const { path = '' } = at(handle) ?? {};
    server.reading(path);
    const bytes = Buffer.from(files.get(path)?.text ?? '').subarray(offset, offset + length);
    if (bytes.length > 0) sftp.data(id, bytes);
    else sftp.status(id, EOF);
  });
  sftp.on('CLOSE', (id: number) => sftp.status(id, OK));
}

function fingerprintOf(publicKey: string): string {
  const [, data = ''] = publicKey.split(' ');
  return `SHA256:${createHash('sha256').update(Buffer.from(data, 'base64')).digest('base64').replace(/=+$/, '')}`;
}
