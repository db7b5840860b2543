import { parentPort, workerData } from 'node:worker_threads';
import { readConfig } from '../../src/config.ts';
import { createLog } from '../../src/log.ts';
import { startServer } from '../../src/server.ts';

/*
 * The server in a thread of its own that watches how long it was deaf: the most processor time between two ticks of a
 * timer. Processor time, because on a busy machine a thread that waits for its turn is no fault of a request.
 */

const { databaseUrl, dataDir } = workerData as { databaseUrl: string; dataDir: string };
const config = readConfig({
  PORT: '0',
  DATABASE_URL: databaseUrl,
  GANGWAY_DATA: dataDir,
  RATE_LIMIT_PER_SECOND: '0',
});
const running = await startServer(config, createLog('silent'), 'api');

const spent = () => {
  const { user, system } = process.threadCpuUsage();
  return (user + system) / 1_000;
};
let longest = 0;
let before = spent();
setInterval(() => {
  const now = spent();
  longest = Math.max(longest, now - before);
  before = now;
}, 1);

parentPort?.on('message', (word: 'begin' | 'end' | 'stop') => {
  if (word === 'stop') void running.stop().then(() => process.exit(0));
  if (word === 'begin') longest = 0;
  // one tick later, so that what came right before this message is counted
  setTimeout(() => parentPort?.postMessage(longest), 5);
});
parentPort?.postMessage(running.origin);
