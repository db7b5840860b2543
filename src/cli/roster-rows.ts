import { type Command, Option } from 'commander';
import { apiCommand } from './command.ts';
import { type Language, langOption, languageFor } from './language.ts';
import { type ChangingRow, rowsTable, VERDICTS, type Verdict } from './roster-run.ts';
import { ROSTER_WORDS } from './roster-words.ts';

type RowsOptions = { verdict: Verdict; limit?: string; after?: string; lang?: Language };
type Page = { rows: ChangingRow[]; next: number | null };

/** `gangway roster rows`: who would be new, changed, back or missing by a roster that is held or was tried out. */
export function rowsCommand(): Command {
  return apiCommand<RowsOptions>(
    'rows <run>',
    'show whom a roster that is held, or a dry run, is about',
    async (api, [run = ''], { verdict, limit = '100', after, lang }) => {
      const query = new URLSearchParams({ verdict, limit, ...(after === undefined ? {} : { after }) });
      const page = await api.call<Page>('GET', `/runs/${encodeURIComponent(run)}/rows?${query}`);
      const words = ROSTER_WORDS[languageFor(lang)];
      const more = page.next === null ? [] : [`more: --after=${page.next}`];
      return { data: page, lines: [...(page.rows.length ? rowsTable(page.rows, words) : [words.nobody]), ...more] };
    },
  )
    .addOption(new Option('--verdict <verdict>', 'which of them').choices(VERDICTS).default('missing'))
    .option('--limit <number>', 'how many at once (default: 100, 500 at most)')
    .option('--after <line>', 'those after this line: where the page before ended')
    .addOption(langOption());
}
