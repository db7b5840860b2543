import { type Compared, calmOnes, type Measured, ratioOf } from './compare.ts';
import { EQUAL, type Goal, GROWTH_GOAL } from './goals.ts';
import type { Race } from './load/members.ts';
import { medianOf } from './load/probe.ts';
import type { ServerKind } from './servers.ts';

export type Verdict = 'PASS' | 'FAIL' | 'SKIP';
export type Line = {
  scenario: string;
  size: number | null;
  floorUs: number | null;
  gangwayUs: number | null;
  ratio: number | null;
  goal: string;
  verdict: Verdict;
  remark: string;
};

/** One line for each scenario and size, each growth and the race. */
export function judge(goals: readonly Goal[], sizes: readonly number[], compared: Compared): Line[] {
  const calm = calmOnes(compared.measured);
  const figures = figuresOf(calm, compared.measured);
  const lines = sizes.flatMap((size) => goals.map((goal) => floorLine(goal, size, figures)));
  const [small, large] = sizes;
  const grown = small && large ? goals.map((goal) => growthLine(goal, small, large, figures)) : [];
  const largest = sizes.at(-1) ?? 0;
  const equal = EQUAL.filter((pair) => pair.every((name) => goals.some((goal) => goal.name === name)));
  return [...lines, ...grown, ...equal.map(([few, many]) => equalLine(few, many, largest, figures))];
}

export function raceLine(size: number, writers: number, { added, lost, conflicts }: Race): Line {
  const right = lost === 0 && conflicts === 0;
  return {
    ...NOTHING,
    scenario: `${writers} writers, one group`,
    size,
    goal: '0 lost, no 409',
    verdict: right ? 'PASS' : 'FAIL',
    remark: `${added} added, ${lost} lost, ${conflicts} times 409`,
  };
}

const NOTHING = { size: null, floorUs: null, gangwayUs: null, ratio: null };
type Figures = (scenario: string, kind: ServerKind, size: number) => { rounds: Measured[]; disturbed: boolean };

/** The calm rounds of one scenario on one server, or all of them when there was no calm one. */
function figuresOf(calm: readonly Measured[], all: readonly Measured[]): Figures {
  return (scenario, kind, size) => {
    const fits = (one: Measured) => one.scenario === scenario && one.kind === kind && one.size === size;
    const rounds = calm.filter(fits);
    return rounds.length ? { rounds, disturbed: false } : { rounds: all.filter(fits), disturbed: true };
  };
}

function floorLine({ name, goal, stretch }: Goal, size: number, figures: Figures): Line {
  const floor = figures(name, 'floor', size);
  const gangway = figures(name, 'gangway', size);
  const target = `${goal} (${stretch})`;
  const line = lineOf(name, size, target, goal, floor.rounds, gangway.rounds);
  const reached = line.ratio !== null && line.ratio <= stretch ? 'stretch reached' : '';
  const disturbed = line.ratio !== null && (floor.disturbed || gangway.disturbed) ? 'disturbed' : '';
  return { ...line, remark: [line.remark, reached, disturbed].filter(Boolean).join(', ') };
}

function growthLine({ name }: Goal, small: number, large: number, figures: Figures): Line {
  const before = figures(name, 'gangway', small).rounds;
  const after = figures(name, 'gangway', large).rounds;
  const line = lineOf(`${name}: ${large} / ${small}`, null, String(GROWTH_GOAL), GROWTH_GOAL, before, after);
  return { ...line, floorUs: null };
}

function equalLine(few: string, many: string, size: number, figures: Figures): Line {
  const before = figures(few, 'gangway', size).rounds;
  const after = figures(many, 'gangway', size).rounds;
  const line = lineOf(`${many} / ${few}`, size, String(GROWTH_GOAL), GROWTH_GOAL, before, after);
  return { ...line, floorUs: null };
}

function lineOf(
  scenario: string,
  size: number | null,
  goal: string,
  most: number,
  below: Measured[],
  above: Measured[],
): Line {
  const base = { ...NOTHING, scenario, size, goal };
  if (!below.length || !above.length) return { ...base, verdict: 'SKIP', remark: 'not supported, or too few users' };
  const wrong = [...below, ...above].find((one) => one.wrong > 0);
  if (wrong) return { ...base, verdict: 'FAIL', remark: `${wrong.kind} answered wrongly: ${wrong.firstWrong}` };
  const [floorUs, gangwayUs] = [below, above].map((rounds) => medianOf(rounds.map(({ cpuUs }) => cpuUs)));
  if (floorUs === undefined || gangwayUs === undefined) throw new Error('two medians of two lists');
  const paired = ratioOf(above, below);
  const ratio = Number.isNaN(paired) ? gangwayUs / floorUs : paired;
  return { ...base, floorUs, gangwayUs, ratio, verdict: ratio <= most ? 'PASS' : 'FAIL', remark: '' };
}
