import { BEHAVIOURS, testsByBehaviour } from './behaviours.ts';

// npm run behaviours: every behaviour with its tests; ends with 1 where one has none
const tests = testsByBehaviour(import.meta.dirname);
let gaps = 0;
for (const { id, words } of BEHAVIOURS) {
  const named = tests.get(id) ?? [];
  if (named.length === 0) gaps += 1;
  process.stdout.write(
    `${id.padEnd(4)} ${words}${named.length > 0 ? '' : '  NO TEST'}\n${named.map((name) => `       ${name}\n`).join('')}`,
  );
}
if (gaps > 0) {
  process.stderr.write(`${gaps} behaviours have no test\n`);
  process.exitCode = 1;
}
