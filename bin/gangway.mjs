#!/usr/bin/env node
// Runs src/main.ts on a Node that can: this one, or the one that npm has installed with Gangway. Plain JavaScript for
// any Node from 18 on, because this file is what an older one starts.
import { spawn } from 'node:child_process';
import { existsSync, readFileSync, realpathSync } from 'node:fs';
import * as nodeModule from 'node:module';
import { constants } from 'node:os';
import { dirname, join, sep } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';

const NEEDED_NODE = 24;
const here = dirname(realpathSync(fileURLToPath(import.meta.url)));

if (Number.parseInt(process.versions.node, 10) >= NEEDED_NODE) await runHere();
else runOn(pinnedNode() ?? giveUp());

async function runHere() {
  // kept between starts: taking types out and compiling is most of the start, and of the memory at rest
  nodeModule.enableCompileCache?.(join(here, '..', 'node_modules', '.cache', 'gangway'));
  const main = join(here, '..', 'src', 'main.ts');
  if (main.includes(`${sep}node_modules${sep}`)) await allowTypesInPackages();
  await import(pathToFileURL(main).href);
}

/** Node takes the types out of TypeScript files, but not below node_modules, where an installed Gangway lies. */
async function allowTypesInPackages() {
  const { registerHooks, stripTypeScriptTypes } = await import('node:module');
  quietly(() => stripTypeScriptTypes('')); // it warns once that it is experimental
  const sources = pathToFileURL(join(here, '..')).href;
  registerHooks({
    load(url, context, next) {
      const ours =
        url.startsWith(sources) && url.endsWith('.ts') && !url.slice(sources.length).includes('/node_modules/');
      if (!ours) return next(url, context);
      const source = stripTypeScriptTypes(readFileSync(fileURLToPath(url), 'utf8'));
      return { format: 'module', source, shortCircuit: true };
    },
  });
}

function quietly(work) {
  const { emitWarning } = process;
  process.emitWarning = () => {};
  work();
  process.emitWarning = emitWarning;
}

/** The Node of the package `node-<platform>-<arch>`, or null when npm has installed none. */
function pinnedNode() {
  const platform = { win32: 'win' }[process.platform] ?? process.platform;
  const file = process.platform === 'win32' ? 'bin/node.exe' : 'bin/node';
  const require = nodeModule.createRequire(import.meta.url);
  for (const name of [`node-${platform}-${process.arch}`, `node-bin-${platform}-${process.arch}`]) {
    try {
      const path = join(dirname(require.resolve(`${name}/package.json`)), file);
      if (existsSync(path)) return path;
    } catch {
      // not installed: the other name, or none
    }
  }
  return null;
}

function runOn(node) {
  const child = spawn(node, [fileURLToPath(import.meta.url), ...process.argv.slice(2)], { stdio: 'inherit' });
  const atTerminal = process.stdin.isTTY || process.stdout.isTTY || process.stderr.isTTY;
  for (const signal of ['SIGTERM', 'SIGINT', 'SIGHUP']) {
    process.on(signal, () => {
      // Ctrl-C at a terminal reaches the child by itself, and a second SIGINT would cut its orderly end short
      if (signal !== 'SIGINT' || !atTerminal) child.kill(signal);
    });
  }
  child.on('error', (error) => fail(`cannot run ${node}: ${error.message}`));
  child.on('exit', (code, signal) => process.exit(code ?? 128 + (constants.signals[signal] ?? 1)));
}

function giveUp() {
  return fail(
    `Gangway needs Node ${NEEDED_NODE} or newer; this is ${process.versions.node}. Run \`npm install\` in its folder, ` +
      'which brings a fitting Node along, or install a newer one.',
  );
}

function fail(message) {
  process.stderr.write(`gangway: ${message}\n`);
  process.exit(1);
}
