import { mkdirSync, writeFileSync } from 'node:fs';
import { cpus, loadavg, release, totalmem } from 'node:os';
import { SETTINGS_TEXT } from '../postgres.ts';
import { REQUESTS, WRITES } from './floor.ts';
import { CONCURRENCY, type DeliveryLine, IDEAL, LATENCY_MS, type Measured } from './judge.ts';

const FOLDER = new URL('../results/', import.meta.url);

/** A Markdown table, one line a goal. */
export function deliveryTable(lines: readonly DeliveryLine[]): string {
  const head = ['what', 'measured', 'goal', 'verdict', 'remark'];
  const rows = lines.map(({ what, measured, goal, verdict, remark }) => [what, measured, goal, verdict, remark]);
  return [head, head.map(() => '---'), ...rows].map((cells) => `| ${cells.join(' | ')} |`).join('\n');
}

/** Writes results/delivery.md and delivery.json and returns the path of the first. */
export function writeDelivery(
  table: string,
  lines: readonly DeliveryLine[],
  measured: Measured,
  postgres: string,
): string {
  mkdirSync(FOLDER, { recursive: true });
  const about = aboutRun(postgres);
  const file = new URL('delivery.md', FOLDER);
  writeFileSync(file, `${[titleOf(about), table].join('\n\n')}\n`);
  writeFileSync(new URL('delivery.json', FOLDER), `${JSON.stringify({ ...about, lines, measured }, null, 2)}\n`);
  return file.pathname;
}

type About = { at: string; machine: string; load: string; versions: string; command: string };

function aboutRun(postgres: string): About {
  const [first] = cpus();
  return {
    at: `${new Date().toISOString().slice(0, 16).replace('T', ' ')} UTC`,
    machine: `${cpus().length} × ${first?.model.trim()}, ${Math.round(totalmem() / 2 ** 30)} GB, Linux ${release()}`,
    load: loadavg()
      .map((value) => value.toFixed(1))
      .join(' '),
    versions: `Node ${process.versions.node}, PostgreSQL ${postgres}`,
    command: `npm run bench ${process.argv.slice(2).join(' ')}`,
  };
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
