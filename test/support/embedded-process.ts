import { once } from 'node:events';
import { startEmbedded } from '../../src/database/embedded.ts';
import { isFault } from '../../src/errors.ts';
import { createLog } from '../../src/log.ts';

// A process that uses the embedded database until its standard input ends: one line of JSON says what it got.
const { circumstances, forget, ...options } = JSON.parse(process.argv[2] ?? '');
const say = (answer: object) => process.stdout.write(`${JSON.stringify(answer)}\n`);
try {
  const { stop, ...embedded } = await startEmbedded({ ...options, log: createLog('warn') }, circumstances);
  say(embedded);
  if (!forget) {
    await once(process.stdin.resume(), 'end');
    await stop();
  }
} catch (error) {
  if (!isFault(error)) throw error;
  say({ fault: error.code, message: error.message });
}
