import type { Installed } from './install.ts';
import { freePort, startServer } from './server-process.ts';

/** A mail sink on free loopback ports: `GET {url}/email` lists what was sent. */
export async function startMaildev({ node, maildev }: Installed, cwd: string) {
  const [smtpPort, webPort] = [await freePort(), await freePort()];
  const url = `http://127.0.0.1:${webPort}`;
  const ports = ['-s', String(smtpPort), '-w', String(webPort), '--ip', '127.0.0.1', '--web-ip', '127.0.0.1'];
  const options = { cwd, env: process.env, readyUrl: `${url}/email` };
  const { stop } = await startServer([node, maildev, ...ports, '--silent'], options);
  return { stop, url, smtpPort };
}
