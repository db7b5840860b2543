import { mkdirSync, writeFileSync } from 'node:fs';
import { cpus, loadavg, release, totalmem } from 'node:os';
import type { Measured } from './compare.ts';
import type { Line } from './judge.ts';
import { SETTINGS_TEXT } from './postgres.ts';

const FOLDER = new URL('results/', import.meta.url);

/** A Markdown table; ratios are medians over the rounds. */
export function tableOf(lines: readonly Line[]): string {
  const head = ['scenario', 'users', 'floor µs', 'Gangway µs', '×', 'goal (stretch)', 'verdict', 'remark'];
  const rows = lines.map(({ scenario, size, floorUs, gangwayUs, ratio, goal, verdict, remark }) => {
    return [scenario, size ?? '', micros(floorUs), micros(gangwayUs), ratio?.toFixed(2) ?? '', goal, verdict, remark];
  });
  return [head, head.map(() => '---'), ...rows].map((cells) => `| ${cells.join(' | ')} |`).join('\n');
}

/** Writes results/scim.md with everything that is needed to judge the figures, and returns its path. */
export function writeReport(table: string, measured: readonly Measured[], versions: Record<string, string>): string {
  mkdirSync(FOLDER, { recursive: true });
  const file = new URL('scim.md', FOLDER);
  writeFileSync(file, `${[title(versions), table, '## Every round', everyRound(measured)].join('\n\n')}\n`);
  return file.pathname;
}

function title(versions: Record<string, string>): string {
  const [first] = cpus();
  const machine = `${cpus().length} × ${first?.model.trim()}, ${Math.round(totalmem() / 2 ** 30)} GB, Linux ${release()}`;
  const software = Object.entries(versions).map(([name, version]) => `${name} ${version}`);
  const load = loadavg().map((value) => value.toFixed(1));
  return `# SCIM: CPU time a request, against the floor

${new Date().toISOString().slice(0, 16).replace('T', ' ')} UTC. ${machine}; load at the end ${load.join(' ')}. ${software.join(', ')}.
Command: \`npm run bench ${process.argv.slice(2).join(' ')}\`

CPU µs of the server process and of PostgreSQL with all its processes, divided by the requests. One PostgreSQL for all,
durable (fsync and synchronous_commit on), ${SETTINGS_TEXT}; vacuumed before each scenario. Servers take turns; the ratio
is the median over the rounds. Rounds whose probe took more than 1.3 × the quickest are left out; where that leaves none,
all count and the line says "disturbed".`;
}

function everyRound(measured: readonly Measured[]): string {
  const head = ['scenario', 'users', 'server', 'round', 'CPU µs', 'requests', 'requests/s', 'probe ms', 'wrong'];
  const rows = measured.map((one) => {
    const { scenario, size, kind, round, cpuUs, requests, perSecond, probeMs, wrong } = one;
    return [scenario, size, kind, round + 1, micros(cpuUs), requests, perSecond.toFixed(0), probeMs.toFixed(1), wrong];
  });
  return [head, head.map(() => '---'), ...rows].map((cells) => `| ${cells.join(' | ')} |`).join('\n');
}

function micros(value: number | null): string {
  return value === null ? '' : value.toFixed(0);
}
