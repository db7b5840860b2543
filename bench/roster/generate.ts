import { createWriteStream, existsSync } from 'node:fs';
import { rename } from 'node:fs/promises';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import * as faker from '@faker-js/faker';

/**
 * The files of one size. `again` has the same rows as `all`, but is not the same file; `changed` and `gone` differ in 1 % of
 * the rows.
 */
export const KINDS = ['all', 'again', 'changed', 'gone'] as const;
export type Kind = (typeof KINDS)[number];

const LOCALES = [
  'en',
  'de',
  'fr',
  'pl',
  'tr',
  'cs_CZ',
  'vi',
  'el',
  'ru',
  'ar',
  'he',
  'th',
  'ja',
  'ko',
  'zh_CN',
] as const;
const NAMES_EACH = 400;
const DEPARTMENTS = 60;
const EVERY = 100;
const HEADER =
  'Personalnummer;Vorname;Nachname;E-Mail;Telefon;Titel;Abteilung;Kostenstelle;Eintritt;Vorgesetzter;Standort';

/** How the header reads, for the connection that takes the files. */
export const PROFILE = {
  columns: {
    Personalnummer: 'employeeNumber',
    Vorname: 'givenName',
    Nachname: 'familyName',
    'E-Mail': 'email',
    Telefon: 'phone',
    Titel: 'title',
    Abteilung: 'department',
    Kostenstelle: 'costCenter',
    Eintritt: 'startDate',
    Vorgesetzter: 'manager',
    Standort: 'location',
  },
  dateFormat: 'DD.MM.YYYY',
  country: 'DE',
};

/** Writes the files of one size into a folder, unless they are there; the same ones for the same size every time. */
export async function generate(folder: string, size: number): Promise<(kind: Kind) => string> {
  const pools = poolsOf();
  const pathOf = (kind: Kind) => join(folder, `roster-${size}-${kind}.csv`);
  for (const kind of KINDS) if (!existsSync(pathOf(kind))) await write(pathOf(kind), rowsOf(size, kind, pools));
  return pathOf;
}

async function write(path: string, lines: Iterable<string>): Promise<void> {
  await pipeline(Readable.from(blocksOf(lines)), createWriteStream(`${path}.part`));
  await rename(`${path}.part`, path); // a run that was broken off leaves no half file
}

function* blocksOf(lines: Iterable<string>): Generator<string> {
  let block = '';
  for (const line of lines) {
    block += line;
    if (block.length < 1 << 16) continue;
    yield block;
    block = '';
  }
  yield block;
}

type Pools = { given: string[]; family: string[]; titles: string[]; towns: string[] };

/** Made once, because faker takes longer for a name than everything else takes for its row. */
function poolsOf(): Pools {
  const pools: Pools = { given: [], family: [], titles: [], towns: [] };
  for (const locale of LOCALES) {
    const one = faker.allFakers[locale];
    one.seed(17);
    for (let n = 0; n < NAMES_EACH; n++) {
      pools.given.push(one.person.firstName());
      pools.family.push(one.person.lastName());
    }
    for (let n = 0; n < 20; n++) pools.towns.push(one.location.city());
  }
  for (let n = 0; n < 500; n++) pools.titles.push(faker.fakerEN.person.jobTitle());
  return pools;
}

function* rowsOf(size: number, kind: Kind, pools: Pools): Generator<string> {
  yield `${HEADER}\r\n`;
  for (let n = 1; n <= size; n++) {
    const one = n % EVERY === 0;
    if (kind === 'gone' && one) continue;
    yield rowOf(n, kind === 'changed' && one, pools);
  }
  if (kind === 'again') yield '\r\n';
}

function rowOf(n: number, changed: boolean, { given, family, titles, towns }: Pools): string {
  const department = (n * 7919 + (changed ? 1 : 0)) % DEPARTMENTS;
  const day = `${two(1 + (n % 28))}.${two(1 + (n % 12))}.${1990 + (n % 35)}`;
  const manager = n < 10 ? '' : String(100000 + Math.floor(n / 10));
  const cells = [
    String(100000 + n),
    at(given, n * 31),
    at(family, n * 17),
    `person.${n}@corp.example`,
    `+49 30 ${1000000 + n}`,
    `${at(titles, n * 13)}${changed ? ' (new)' : ''}`,
    `Department ${department}`,
    `CC-${department}`,
    day,
    manager,
    at(towns, n * 5),
  ];
  return `${cells.map(quoted).join(';')}\r\n`;
}

function at(pool: readonly string[], n: number): string {
  return pool[n % pool.length] ?? '';
}

function two(n: number): string {
  return String(n).padStart(2, '0');
}

function quoted(value: string): string {
  return /[;"\r\n]/.test(value) ? `"${value.replaceAll('"', '""')}"` : value;
}
