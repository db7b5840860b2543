import { type About, aboutRun, markdownTable, writeResult } from '../about.ts';
import { SETTINGS_TEXT } from '../postgres.ts';
import { REQUESTS, WRITES } from './floor.ts';
import { CONCURRENCY, type DeliveryLine, IDEAL, LATENCY_MS, type Measured } from './judge.ts';

/** A Markdown table, one line a goal. */
export function deliveryTable(lines: readonly DeliveryLine[]): string {
  const rows = lines.map(({ what, measured, goal, verdict, remark }) => [what, measured, goal, verdict, remark]);
  return markdownTable(['what', 'measured', 'goal', 'verdict', 'remark'], rows);
}

/** Writes results/delivery.md and delivery.json and returns the path of the first. */
export function writeDelivery(
  table: string,
  lines: readonly DeliveryLine[],
  measured: Measured,
  postgres: string,
): string {
  const about = aboutRun(postgres);
  writeResult('delivery.json', `${JSON.stringify({ ...about, lines, measured }, null, 2)}\n`);
  return writeResult('delivery.md', `${[titleOf(about), table].join('\n\n')}\n`);
}

function titleOf({ at, machine, load, versions, command }: About): string {
  return `# Delivery: how soon, how fast, at what cost

${at}. ${machine}; load at the end ${load}. ${versions}.
Command: \`${command}\`

The target is a small HTTP server in a process of its own that answers after ${LATENCY_MS} ms; the \`rest\` connector speaks to it.
Gangway runs as one process with its worker at concurrency ${CONCURRENCY}; PostgreSQL is durable (fsync and synchronous_commit on),
${SETTINGS_TEXT}. An invite takes ${REQUESTS} requests (look, invite, read back), so that the target alone allows
${IDEAL.toFixed(0)} a second. The CPU floor are bare invites at the same concurrency: ${WRITES} durable writes, one read and ${REQUESTS} requests each,
with nothing around them. Latencies run from the sending of the PATCH to the target's answer.`;
}
