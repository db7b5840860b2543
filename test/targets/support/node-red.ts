import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { installNodeRed } from './install.ts';
import { freePort, startServer } from './server-process.ts';

export type NodeRed = { readonly url: string; stop(): Promise<void> };
/** Where the flows send to, and what they prove themselves with; flows read them by `env.get`. */
export type FlowEnvironment = { ROSTER_URL: string; ADMIN_KEY: string; SCIM_URL: string; SCIM_TOKEN: string };

type FlowNode = Record<string, unknown> & { id: string; type: string };

/** Node-RED without its editor, on a free loopback port, with the flows that an HR department would draw. */
export async function startNodeRed(environment: FlowEnvironment): Promise<NodeRed> {
  const { node, nodeRed } = await installNodeRed();
  const folder = await mkdtemp(join(tmpdir(), 'gangway-node-red-'));
  const port = await freePort();
  const settings = { uiHost: '127.0.0.1', uiPort: port, httpAdminRoot: false, flowFile: 'flows.json' };
  const quiet = { credentialSecret: false, telemetry: { enabled: false }, logging: { console: { level: 'warn' } } };
  await writeFile(join(folder, 'settings.js'), `module.exports = ${JSON.stringify({ ...settings, ...quiet })}`);
  await writeFile(join(folder, 'flows.json'), JSON.stringify(flows()));
  const url = `http://127.0.0.1:${port}`;
  const env = { PATH: process.env.PATH, HOME: folder, ...environment };
  try {
    const server = await startServer([node, nodeRed, '-u', folder], { cwd: folder, env, readyUrl: `${url}/ready` });
    const stop = async () => {
      await server.stop();
      await rm(folder, { recursive: true, force: true });
    };
    return { url, stop };
  } catch (error) {
    await rm(folder, { recursive: true, force: true });
    throw error;
  }
}

/** POST /export: rows as JSON become a CSV and go up as a roster. POST /hire: a CSV becomes one SCIM user a row. */
function flows(): FlowNode[] {
  const columns = 'employeeNumber,givenName,familyName,email';
  const csv = { type: 'csv', sep: ';', temp: columns, ret: '\\r\\n', hdrin: true, hdrout: 'all', spec: 'rfc' };
  const send = { type: 'http request', method: 'POST', ret: 'obj', paytoqs: 'ignore', senderr: false };
  const nodes: FlowNode[] = [
    { id: 'tab', type: 'tab', label: 'HR' },
    { id: 'ready', type: 'http in', url: '/ready', method: 'get', wires: [['answer']] },
    { id: 'export', type: 'http in', url: '/export', method: 'post', wires: [['rows-to-csv']] },
    { id: 'rows-to-csv', ...csv, multi: 'mult', wires: [['address']] },
    { id: 'address', type: 'function', func: ADDRESS, outputs: 1, wires: [['upload']] },
    { id: 'upload', ...send, url: '', wires: [['plain']] },
    { id: 'plain', type: 'function', func: 'msg.headers = {}; return msg;', outputs: 1, wires: [['answer']] },
    { id: 'hire', type: 'http in', url: '/hire', method: 'post', wires: [['csv-to-rows']] },
    { id: 'csv-to-rows', ...csv, temp: '', multi: 'mult', wires: [['each', 'answer']] },
    { id: 'each', type: 'split', arraySplt: 1, wires: [['user']] },
    { id: 'user', type: 'function', func: USER, outputs: 1, wires: [['create']] },
    { id: 'create', ...send, url: '', wires: [[]] },
    { id: 'answer', type: 'http response', wires: [] },
  ];
  return nodes.map((node) => (node.type === 'tab' ? node : { z: 'tab', x: 0, y: 0, ...node }));
}

const ADDRESS = `
msg.url = env.get('ROSTER_URL');
msg.headers = { authorization: 'Bearer ' + env.get('ADMIN_KEY'), 'content-type': 'text/csv' };
return msg;`;

const USER = `
const { employeeNumber, givenName, familyName, email } = msg.payload;
return {
  url: env.get('SCIM_URL') + '/Users',
  headers: { authorization: 'Bearer ' + env.get('SCIM_TOKEN'), 'content-type': 'application/scim+json' },
  payload: {
    schemas: ['urn:ietf:params:scim:schemas:core:2.0:User'],
    userName: email, externalId: String(employeeNumber), name: { givenName, familyName },
    emails: [{ value: email, type: 'work', primary: true }], active: true,
  },
};`;
