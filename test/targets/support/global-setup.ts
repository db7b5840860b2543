import { installNodeRed, installTargets } from './install.ts';

/** Installs the real applications before the first test file starts, so that no test's time limit has to hold it. */
export default async function setup(): Promise<void> {
  await installTargets();
  await installNodeRed();
}
