import { BEHAVIOURS, testsByBehaviour } from './behaviours.ts';

// npm run behaviours: every behaviour with its tests; ends with 1 where one has none
const tests = testsByBehaviour(import.meta.dirname);
let gaps = 0;
for (const { id, words, later } of BEHAVIOURS) {
  const named = tests.get(id) ?? [];
  const note = named.length > 0 ? '' : later ? `  (not built yet: ${later})` : '  NO TEST';
  if (named.length === 0 && !later) gaps += 1;
  process.stdout.write(`${id.padEnd(4)} ${words}${note}\n${named.map((name) => `       ${name}\n`).join('')}`);
}
if (gaps > 0) {
  process.stderr.write(`${gaps} behaviours have no test\n`);
  process.exitCode = 1;
}
