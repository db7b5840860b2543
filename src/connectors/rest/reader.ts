import { Fault } from '../../errors.ts';
import type { ActualAccount } from '../../model/account.ts';
import type { AccountPage } from '../connector.ts';
import type { Answer } from '../http/send.ts';
import { read, readAccount, readId, readText, unreadable } from './account.ts';
import type { Caller } from './caller.ts';
import type { RestDescription } from './description.ts';
import type { Expression } from './expression.ts';
import { answerContext } from './outcome.ts';

/** An account together with the object of the answer that it was read from. */
export type FoundAccount = { readonly account: ActualAccount; readonly item: unknown };

export type Reader = {
  find(remoteId: string, signal: AbortSignal): Promise<FoundAccount | null>;
  search(email: string, signal: AbortSignal): Promise<ActualAccount[]>;
  list(cursor: string | null, signal: AbortSignal): Promise<AccountPage>;
};

type Paged = { readonly items: Expression; readonly next?: Expression | undefined; readonly readEach: boolean };

const PAGES_AT_MOST = 100;

/** The reads of a target: null and [] come only from an answer that was understood and says so. */
export function createReader(description: RestDescription, request: Caller): Reader {
  const { find, search, list } = description.operations;
  const toAccount = (item: unknown) => readAccount(description.account, item);

  const findOne: Reader['find'] = async (id, signal) => {
    demand('id', id);
    const { outcome, answer } = await request('find', find, { id }, signal);
    if (outcome === 'gone') return null;
    const item = read('find.item', find.item, answerContext(answer));
    const account = toAccount(item);
    if (account && account.remoteId !== id) throw unreadable('find.item', 'is another account than asked for');
    return account && { account, item };
  };

  const toPage = async (
    name: 'search' | 'list',
    paged: Paged,
    answer: Answer,
    cursor: string | null,
    signal: AbortSignal,
  ): Promise<AccountPage> => {
    const items = read(`${name}.items`, paged.items, answerContext(answer, cursor));
    if (!Array.isArray(items)) throw unreadable(`${name}.items`, 'is not a list');
    const one = async (item: unknown) => (await findOne(readId(description.account.id, item), signal))?.account ?? null;
    const accounts = await Promise.all(items.map(paged.readEach ? one : async (item) => toAccount(item)));
    const next = nextOf(`${name}.next`, paged.next, answer, cursor);
    return { accounts: accounts.filter((account) => account !== null), next };
  };

  const searchPage = async (email: string, cursor: string | null, signal: AbortSignal): Promise<AccountPage> => {
    const { outcome, answer } = await request('search', search, { email, cursor }, signal);
    if (outcome === 'gone') return { accounts: [], next: null };
    const page = await toPage('search', search, answer, cursor, signal);
    return { ...page, accounts: onlyWith(email, page.accounts, search.match) };
  };

  return {
    find: findOne,
    search: async (email, signal) => {
      demand('e-mail', email);
      const found: ActualAccount[] = [];
      let cursor: string | null = null;
      for (let pages = 0; pages < PAGES_AT_MOST; pages += 1) {
        const page: AccountPage = await searchPage(email, cursor, signal);
        found.push(...page.accounts);
        if (page.next === null) return found;
        cursor = page.next;
      }
      throw new Fault('target_refused', `${description.name}: search has more than ${PAGES_AT_MOST} pages`);
    },
    list: async (cursor, signal) => {
      if (!list) throw new Fault('target_refused', `${description.name}: this target cannot list its accounts`);
      const { answer } = await request('list', list, { cursor }, signal);
      return toPage('list', list, answer, cursor, signal);
    },
  };
}

/** Refuses what cannot be looked for; an empty value is often taken for no filter at all. */
export function demand(what: string, value: string): void {
  if (value === '') throw new Fault('target_refused', `an empty ${what} cannot be looked for`);
  // nobody has such a name, and more than one server falls over it
  if (/\p{Cc}/u.test(value)) throw new Fault('target_refused', `the ${what} has a control character in it`);
}

function nextOf(path: string, expression: Expression | undefined, answer: Answer, cursor: string | null) {
  if (!expression) return null;
  const next = readText(path, read(path, expression, answerContext(answer, cursor)));
  // a target that hands out the same page for ever would keep a drift scan busy for ever
  if (next !== null && next === cursor) throw unreadable(path, 'is the page that has just been read');
  return next;
}

/**
 * An API that does not know a filter often ignores it and answers everybody, first page first: the account asked for
 * may be on page two, so such an answer is no answer at all. With `contains` all pages are read, so others do no harm.
 */
function onlyWith(email: string, accounts: ActualAccount[], match: 'exact' | 'contains'): ActualAccount[] {
  const found = accounts.filter((account) => fold(account.email) === fold(email));
  if (match === 'contains' || found.length === accounts.length) return found;
  throw new Fault('target_refused', 'search answered accounts with another e-mail: does the target ignore the filter?');
}

/** An e-mail as it is compared. */
function fold(email: string): string {
  return email.normalize('NFC').toLowerCase();
}
