import type { Command } from 'commander';
import { expect, test } from 'vitest';
import { createProgram } from '../../src/program.ts';

const program = createProgram();

/** Every command that does something, with its whole name. */
function all(command: Command, path: string[] = []): { name: string; command: Command }[] {
  const own = path.length > 0 && command.commands.length === 0 ? [{ name: path.join(' '), command }] : [];
  return [...own, ...command.commands.flatMap((member) => all(member, [...path, member.name()]))];
}

test('every command that prints has --json', () => {
  const without = all(program).filter(({ command }) => !command.options.some(({ long }) => long === '--json'));
  expect(without.map(({ name }) => name)).toEqual([]);
});

test('every command has a name of its own', () => {
  const names = all(program).map(({ name }) => name);
  expect(names).toContain('roster check');
  expect(names).toContain('config import');
  expect(new Set(names).size).toBe(names.length);
});
