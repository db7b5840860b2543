import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { delimiter, join } from 'node:path';
import { expect, test } from 'vitest';
import { gangway, installed } from './gangway.ts';

/** A Node on this machine that is too old for TypeScript; null where there is none. */
function olderNode(): string | null {
  const name = process.platform === 'win32' ? 'node.exe' : 'node';
  const folders = (process.env['PATH'] ?? '').split(delimiter).filter(Boolean);
  const nodes = folders.map((folder) => join(folder, name)).filter(existsSync);
  const major = (node: string) =>
    Number.parseInt(spawnSync(node, ['-p', 'process.versions.node'], { encoding: 'utf8' }).stdout, 10);
  return nodes.find((node) => major(node) >= 18 && major(node) < 24) ?? null;
}

test('the command runs on this Node', async () => {
  const { code, stdout } = await installed(process.execPath, ['--help'], {});
  expect([code, stdout]).toEqual([0, (await gangway(['--help'], {})).stdout]);
  expect(stdout).toContain('why [options] <userName>');
});

test('an older Node hands over to the one beside it, and gives its exit code on', async (context) => {
  const node = olderNode();
  if (!node) return context.skip('there is no older Node here');
  const { code, stdout, stderr } = await installed(node, ['--version'], {});
  expect([code, stderr, stdout]).toEqual([0, '', expect.stringMatching(/^\d+\.\d+\.\d+\n$/)]);
  expect((await installed(node, ['tenant', 'add'], {})).code).toBe(2);
});
