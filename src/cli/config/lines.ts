import type { Step, Steps } from '../../configuration/steps.ts';
import { table } from '../print.ts';
import { cut } from '../text-width.ts';

const WIDEST = 40;

/** What an import would do, what stays though the file does not name it, and what must be done before. */
export function stepsLines({ steps, stays, first }: Steps): string[] {
  const rows = [...steps.flatMap(({ differs }) => differs), ...stays].map(({ path, here, file, changes }) => [
    path,
    inShort(here),
    changes ? inShort(file) : 'stays: the file does not name it',
  ]);
  return [
    steps.length === 0 ? 'all is as the file says' : 'what is not as the file says:',
    ...(rows.length > 0 ? table(['WHAT', 'HERE', 'FILE'], rows, '') : []),
    ...first.map((line) => `first: ${line}`),
  ];
}

/** One step in a line. */
export function stepLines(step: Step): string {
  switch (step.kind) {
    case 'extension':
      return `extension ${step.urn}`;
    case 'new-target':
      return `target ${step.name} is made`;
    case 'target':
      return `settings of target ${step.name}`;
    case 'new-connection':
      return `connection ${step.name} is made; nothing leaves before it is enabled`;
    case 'profile':
      return `profile of connection ${step.name}`;
    case 'attach':
      return `target ${step.target} follows connection ${step.name}`;
    case 'tenant-policy':
      return 'policy of the tenant';
    case 'policy':
      return `policy of connection ${step.name}`;
    case 'mapping':
      return `mapping of connection ${step.name}`;
    case 'roster-profile':
      return `roster profile of connection ${step.name}`;
    default:
      return step satisfies never;
  }
}

function inShort(value: unknown): string {
  if (value === undefined) return '-';
  return cut(typeof value === 'string' ? value : JSON.stringify(value), WIDEST).replace(/\s+/g, ' ');
}
