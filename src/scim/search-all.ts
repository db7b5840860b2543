import { listText } from './answer.ts';
import type { Context } from './context.ts';
import { ScimError } from './error.ts';
import { countOf, type ListParameters, readPage, startOf } from './list.ts';

/** POST /.search on the root (RFC 7644 §3.4.3): users first, then groups, as one list. */
export async function searchAll(context: Context, parameters: ListParameters): Promise<string> {
  if (parameters['cursor'] !== undefined) {
    throw new ScimError(400, 'a search over all types has no cursors; search /Users or /Groups', 'invalidCursor');
  }
  const startIndex = startOf(parameters);
  const count = countOf(parameters);
  const users = await readPage(context, 'User', parameters, startIndex - 1, count, true);
  const left = count - users.texts.length;
  const groups = await readPage(context, 'Group', parameters, Math.max(0, startIndex - 1 - users.total), left, true);
  return listText([...users.texts, ...groups.texts], users.total + groups.total, { startIndex });
}
