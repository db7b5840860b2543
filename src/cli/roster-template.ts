import { writeFileSync } from 'node:fs';
import { type Command, Option } from 'commander';
import { localCommand } from './command.ts';
import { LANGUAGES, type Language } from './language.ts';

type TemplateOptions = { format: 'csv' | 'xml'; language: Language; out?: string };

/** Our own format: each column is called like its attribute. */
const EN: readonly (readonly [column: string, value: string])[] = [
  ['employeeNumber', '1001'],
  ['givenName', 'Ada'],
  ['familyName', 'Lovelace'],
  ['email', 'ada.lovelace@example.com'],
  ['title', 'Engineer'],
  ['department', 'Purchasing'],
  ['manager', ''],
  ['startDate', '2026-04-01'],
  ['phone', '+49 89 1234560'],
  ['groups', 'Everybody|Purchasing'],
];

/** As German HR systems call them; `gangway roster propose` makes the profile for it. */
const DE: readonly (readonly [column: string, value: string])[] = [
  ['Personalnummer', '1001'],
  ['Vorname', 'Änne'],
  ['Nachname', 'Müller'],
  ['E-Mail geschäftlich', 'aenne.mueller@example.com'],
  ['Funktion', 'Sachbearbeiterin'],
  ['Abteilung', 'Einkauf'],
  ['Vorgesetzter', ''],
  ['Eintrittsdatum', '01.04.2026'],
  ['Telefon', '+49 89 1234560'],
  ['Gruppen', 'Alle|Einkauf'],
];

/** `gangway roster template`: an empty roster to fill in, with one row that shows how. */
export function templateCommand(): Command {
  return localCommand<TemplateOptions>(
    'template',
    'print an empty roster with one row as an example',
    async (_names, { format, language, out }) => {
      const text = format === 'xml' ? xmlTemplate(language) : csvTemplate(language);
      if (out === undefined) return { data: { template: text }, lines: text.trimEnd().split(/\r?\n/) };
      writeFileSync(out, text);
      return { data: { out }, lines: [`written to ${out}`] };
    },
  )
    .addOption(new Option('--format <format>', 'what to write').choices(['csv', 'xml']).default('csv'))
    .addOption(new Option('--language <language>', 'of the headers and the example').choices(LANGUAGES).default('en'))
    .option('--out <file>', 'write it here instead of to the terminal');
}

/** With the mark that makes Excel read UTF-8, and the delimiter that it expects in this language. */
function csvTemplate(language: Language): string {
  const [cells, delimiter] = language === 'de' ? [DE, ';'] : [EN, ','];
  const line = (index: 0 | 1) => `${cells.map((cell) => cell[index]).join(delimiter)}\r\n`;
  return `\ufeff${line(0)}${line(1)}`;
}

/** The elements have one language; the example has its own. */
function xmlTemplate(language: Language): string {
  const values = language === 'de' ? DE : EN;
  const elements = EN.flatMap(([name], index) => {
    const value = name === 'startDate' ? '2026-04-01' : (values[index]?.[1] ?? '');
    return name === 'groups' ? value.split('|').map((group) => ['group', group] as const) : [[name, value] as const];
  });
  const lines = elements
    .filter(([, value]) => value !== '')
    .map(([name, value]) => `    <${name}>${value}</${name}>\n`);
  return (
    '<?xml version="1.0" encoding="UTF-8"?>\n<employees xmlns="urn:gangway:roster:1.0">\n' +
    `  <employee>\n${lines.join('')}  </employee>\n</employees>\n`
  );
}
