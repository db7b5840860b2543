import { readFileSync } from 'node:fs';
import type { AddressInfo } from 'node:net';
import express from 'express';
import type { TargetSettings } from '../../src/connectors/connector.ts';
import { parseDescription } from '../../src/connectors/rest/description.ts';
import { restConnector } from '../../src/connectors/rest/rest.ts';
import { createLog } from '../../src/log.ts';
import { sandboxApp } from '../../src/sandbox/app.ts';
import { testDatabase } from '../support/database.ts';
import { describeConnector, type FaultMode, type Subject } from './conformance.ts';

const KEY = 'sandbox-key-of-this-test';
const FILE = new URL('../../examples/targets/sandbox.yaml', import.meta.url);

// small pages, so that five accounts fill several
const text = readFileSync(FILE, 'utf8').replace('limit: "100"', 'limit: "2"');
const description = parseDescription(text);
const impatient = parseDescription(text.replace('timeoutSeconds: 10', 'timeoutSeconds: 0.2'));

describeConnector('sandbox', async (): Promise<Subject> => {
  const database = await testDatabase();
  const app = express().use('/sandbox', sandboxApp({ db: database.db, key: KEY, log: createLog('error') }));
  const server = app.listen(0, '127.0.0.1');
  await new Promise((resolve) => server.once('listening', resolve));
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/sandbox`;
  const target: TargetSettings = { settings: { url }, secrets: { key: KEY } };
  return {
    connector: restConnector(description, target),
    impatient: restConnector(impatient, target),
    domain: 'example.org',
    knowsKeys: true,
    breakIt: (mode) => setFaults(url, mode),
    stop: async () => {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
      await database.drop();
    },
  };
});

async function setFaults(url: string, mode: FaultMode): Promise<void> {
  const response = await fetch(`${url}/api/v1/faults`, {
    method: 'PUT',
    headers: { authorization: `Bearer ${KEY}`, 'content-type': 'application/json' },
    body: JSON.stringify({
      mode: mode === 'busy' ? 'none' : mode,
      remaining: mode === 'lost_answer' ? 1 : null,
      perSecond: mode === 'busy' ? 0 : null,
    }),
  });
  if (!response.ok) throw new Error(`the sandbox did not take the fault: ${response.status}`);
}
