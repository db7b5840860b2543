import { existsSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { expect, test } from 'vitest';
import { withLock } from '../../src/database/embedded-lock.ts';
import { scratch } from '../support/cluster.ts';

test.for([
  { name: 'nothing', content: null },
  { name: 'the lock of a process that died', content: '4194304 5d0f' }, // above every pid
  { name: 'the lock of a container’s earlier life, with our own pid', content: `${process.pid} 5d0f` },
])('after $name, one at a time gets in and the lock goes', async ({ content }) => {
  const file = join(scratch(), 'lock');
  if (content) writeFileSync(file, content);
  let inside = 0;
  let most = 0;
  const visit = async () => {
    inside += 1;
    most = Math.max(most, inside);
    await sleep(5);
    inside -= 1;
  };
  await Promise.all(Array.from({ length: 8 }, () => withLock(file, visit)));
  expect(most).toBe(1);
  expect(existsSync(file)).toBe(false);
});

test('a body that fails gives the lock back', async () => {
  const file = join(scratch(), 'lock');
  await expect(withLock(file, () => Promise.reject(new Error('no')))).rejects.toThrow('no');
  await expect(withLock(file, async () => 'next')).resolves.toBe('next');
});
