import { readdirSync, readFileSync } from 'node:fs';
import { dirname, join, relative, resolve } from 'node:path';
import { expect, test } from 'vitest';

const ROOT = resolve(import.meta.dirname, '..');
const SRC = join(ROOT, 'src');

/** What each folder of src/ may import, itself aside: folders, files of src/, packages. `node:` is free but for plan/ and model/. */
const ALLOWED: Record<string, string[]> = {
  model: [],
  plan: ['model', '@marcbachmann/cel-js'],
  work: ['model', 'errors', 'database', 'knex'],
  directory: ['work', 'model', 'errors', 'database', 'knex'],
  report: ['work', 'model', 'errors', 'database', 'knex'],
  connectors: ['model', 'errors', 'log', 'zod', 'yaml', '@marcbachmann/cel-js'],
  scim: ['directory', 'model', 'errors', 'log', 'database', 'knex', 'scimmy', 'rate-limiter-flexible'],
  oauth: ['directory', 'model', 'errors', 'log', 'database', 'express', 'knex', 'jose'],
  roster: [
    'log',
    'work',
    'directory',
    'report',
    'model',
    'errors',
    'database',
    'knex',
    'zod',
    'saxes',
    'iconv-lite',
    'libphonenumber-js',
  ],
  feeds: [
    'work',
    'directory',
    'report',
    'roster',
    'connectors',
    'model',
    'errors',
    'log',
    'vault',
    'database',
    'knex',
    'zod',
    'croner',
    'jose',
    'ssh2',
  ],
  deliver: ['work', 'directory', 'plan', 'report', 'connectors', 'model', 'errors', 'log', 'vault', 'database', 'knex'],
  invite: [
    'work',
    'directory',
    'deliver',
    'plan',
    'report',
    'model',
    'errors',
    'log',
    'database',
    'mail',
    'knex',
    'qrcode',
  ],
  // feeds: how requests leave without reaching what they must not; deliver: how long to wait after a failure
  events: [
    'work',
    'directory',
    'report',
    'feeds',
    'deliver',
    'connectors',
    'model',
    'errors',
    'log',
    'vault',
    'database',
    'express',
    'knex',
    'zod',
    'jose',
  ],
  mail: ['eta', 'nodemailer'],
  notices: ['work', 'report', 'plan', 'roster', 'events', 'mail', 'model', 'errors', 'log', 'database', 'knex'],
  join: ['invite', 'model', 'errors', 'log', 'express', 'knex'],
  access: [
    'directory',
    'report',
    'mail',
    'model',
    'errors',
    'log',
    'vault',
    'database',
    'express',
    'knex',
    'express-session',
    'connect-pg-simple',
    'csrf-sync',
    'openid-client',
    'rate-limiter-flexible',
    'qrcode',
  ],
  admin: [
    'access',
    'badge',
    'invite',
    'feeds',
    'events',
    'mail',
    'notices',
    'work',
    'directory',
    'deliver',
    'opening',
    'plan',
    'report',
    'roster',
    'model',
    'errors',
    'log',
    'vault',
    'database',
    'connectors',
    'express',
    'knex',
    'zod',
    '@fastify/busboy',
  ],
  opening: [],
  badge: ['directory', 'deliver', 'plan', 'report', 'connectors', 'model', 'errors', 'log', 'vault', 'express', 'knex'],
  help: ['access', 'mail', 'database', 'express', 'knex', 'marked', 'minisearch', 'rate-limiter-flexible'],
  // pages ask the JSON API: what they take of admin/, report/ and plan/ are types, and names of a closed list
  console: [
    'access',
    'admin',
    'report',
    'roster',
    'configuration',
    'plan',
    'mail',
    'model',
    'errors',
    'log',
    'express',
    'knex',
    '@fastify/busboy',
    'yaml',
  ],
  // all that a tenant has configured as one file, by the JSON API that is handed in
  configuration: ['model', 'errors', 'yaml'],
  // roster: what reads a file, so that it can be checked without a server; more in a test of its own below
  cli: ['model', 'errors', 'config', 'key', 'configuration', 'opening', 'roster', 'commander', 'yaml', 'zod'],
  database: ['config', 'errors', 'log', 'knex', 'pg', 'pg-copy-streams'],
  sandbox: ['errors', 'log', 'express', 'eta', 'zod', 'knex'],
  demo: ['access', 'cli', 'directory', 'report', 'model', 'errors', 'config', 'database', 'knex'],
};

/** Folders of which others may use types alone, or one file alone. */
const TYPES_ONLY: [from: string, to: string][] = [
  ['console', 'admin'],
  ['console', 'report'],
  ['console', 'roster'],
  ['console', 'knex'], // handed on to access/, which knows who has signed in
  ['admin', 'connectors'], // a connector is handed in, never made here
  ['deliver', 'connectors'],
  ['badge', 'connectors'],
  ['admin', 'mail'], // a sender is handed in
  ['database', 'config'],
];
const PURE = new Set(['model', 'plan']);
const ONLY_HERE: Record<string, string[]> = {
  scimmy: ['scim'],
  'openid-client': ['access'],
  'express-session': ['access'],
  express: [
    'access',
    'oauth',
    'admin',
    'badge',
    'console',
    'events',
    'help',
    'join',
    'sandbox',
    'server.ts',
    'health.ts',
  ],
};

type Import = { file: string; from: string; specifier: string; to: string; typeOnly: boolean; lazy: boolean };

const files = readdirSync(SRC, { recursive: true, encoding: 'utf8' }).filter((name) => /(?<!\.d)\.ts$/.test(name));
const imports = files.flatMap((file) => importsOf(file));

function importsOf(file: string): Import[] {
  const text = readFileSync(join(SRC, file), 'utf8');
  const pattern =
    /(?:^|\n)\s*(?:import|export)\s+(type\s+)?[^;'"]*?from\s*'([^']+)'|(?:^|\n)\s*import\s*'([^']+)'|import\(\s*'([^']+)'\s*\)/g;
  return [...text.matchAll(pattern)].map(([statement, type, from, bare, dynamic]) => ({
    file,
    from: placeOf(file),
    specifier: from ?? bare ?? dynamic ?? '',
    lazy: dynamic !== undefined,
    to: target(file, from ?? bare ?? dynamic ?? ''),
    typeOnly: type !== undefined || /import\s*\{\s*(?:type\s+\w+\s*,?\s*)+\}/.test(statement),
  }));
}

/** A file of src/ itself is its own place; a file in a folder belongs to that folder. */
function placeOf(file: string): string {
  return file.includes('/') ? (file.split('/')[0] ?? file) : file;
}

function target(file: string, specifier: string): string {
  if (!specifier.startsWith('.')) return packageOf(specifier);
  const path = relative(SRC, resolve(SRC, dirname(file), specifier));
  return path.startsWith('..') ? path : placeOf(path);
}

function packageOf(specifier: string): string {
  if (specifier.startsWith('node:')) return 'node:';
  const parts = specifier.split('/');
  return specifier.startsWith('@') ? parts.slice(0, 2).join('/') : (parts[0] ?? specifier);
}

const without = (name: string) => name.replace(/\.ts$/, '');

test('every folder of src/ has its rule', () => {
  const folders = new Set(imports.map(({ from }) => from).filter((from) => !from.endsWith('.ts')));
  expect([...folders].filter((folder) => !ALLOWED[folder])).toEqual([]);
});

test('no folder imports what its rule does not name', () => {
  const broken = imports.filter(({ from, to }) => {
    const allowed = ALLOWED[from];
    if (!allowed || to === from || (to === 'node:' && !PURE.has(from))) return false;
    if (from === 'database' && to.startsWith('../migrations')) return false;
    return !allowed.includes(without(to));
  });
  expect(broken.map(({ file, to }) => `${file} imports ${to}`)).toEqual([]);
});

test.for(TYPES_ONLY)('%s uses only types of %s', ([from, to]) => {
  const broken = imports.filter((one) => one.from === from && without(one.to) === to && !one.typeOnly);
  expect(broken.map(({ file }) => file)).toEqual([]);
});

test('roster/read/ reads streams and nothing else: no database, no other folder', () => {
  const allowed = ['roster', 'model', 'errors.ts', 'node:', 'saxes', 'iconv-lite', 'libphonenumber-js'];
  const broken = imports.filter(({ file, to }) => file.startsWith('roster/read/') && !allowed.includes(to));
  expect(broken.map(({ file, to }) => `${file} imports ${to}`)).toEqual([]);
});

test('cli/ takes of roster/ what needs no database, and only when a command needs it', () => {
  const readers = /^(?:\.\.\/)+roster\/(?:read\/[\w-]+|profile|error-file|reject-words|row)\.ts$/;
  const uses = imports.filter(({ from, to }) => from === 'cli' && to === 'roster');
  expect(uses.filter(({ specifier }) => !readers.test(specifier)).map(({ file }) => file)).toEqual([]);
  expect(uses.filter(({ typeOnly, lazy }) => !typeOnly && !lazy).map(({ file }) => file)).toEqual([]);
});

test.for(Object.entries(ONLY_HERE))('%s is imported in its places only', ([name, places]) => {
  const broken = imports.filter(({ from, to }) => to === name && !places.includes(from));
  expect(broken.map(({ file }) => file)).toEqual([]);
});

test('plan/ leaves CEL to one file', () => {
  const users = imports.filter(({ from, to }) => from === 'plan' && to === '@marcbachmann/cel-js');
  expect(users.map(({ file }) => file)).toEqual(['plan/mapping-expression.ts']);
});

test.for([...PURE])('%s/ has no clock, no randomness, no promises', (folder) => {
  const impure = files
    .filter((file) => placeOf(file) === folder)
    .filter((file) => /Date\.now|new Date\(\)|Math\.random|\basync\b|\bawait\b|Promise|process\./.test(code(file)));
  expect(impure).toEqual([]);
});

// the exceptions read variables whose names an operator gives on the command line (--secret token=env:NAME, --token env:NAME)
test('the environment is read in config.ts alone', () => {
  const readers = files.filter((file) => /process\.env/.test(code(file)));
  expect(readers.toSorted()).toEqual(['cli/config/config.ts', 'cli/doctor.ts', 'cli/target.ts', 'config.ts']);
});

test('SQL stays in the folders that own it', () => {
  const owners = [
    'access',
    'directory',
    'roster',
    'report',
    'feeds',
    'events',
    'work',
    'database',
    'deliver',
    'invite',
    'notices',
    'help',
    'sandbox',
    'demo',
    'health.ts',
  ];
  const strays = files.filter((file) => !owners.includes(placeOf(file)) && /\.raw\(|\bstatement[<(]/.test(code(file)));
  expect(strays).toEqual([]);
});

test('no file is longer than 300 lines', () => {
  const long = files.filter((file) => readFileSync(join(SRC, file), 'utf8').split('\n').length > 300);
  expect(long).toEqual([]);
});

test('files are named in kebab-case, and none is a drawer', () => {
  const odd = files.filter(
    (file) => !/^[a-z0-9/-]+\.ts$/.test(file) || /(utils|helpers|common|manager|service)\.ts$/.test(file),
  );
  expect(odd).toEqual([]);
});

/** The code without its comments. */
function code(file: string): string {
  return readFileSync(join(SRC, file), 'utf8').replace(/\/\*[\s\S]*?\*\/|\/\/.*$/gm, '');
}
