import { deepEqual, equal } from 'node:assert/strict';
import { crewOf } from '../crew.ts';
import { namesIn } from '../probe.ts';
import { must, type Requirement } from '../requirement.ts';

/** The crew in an order. */
function sorts(id: string, text: string, parameters: string, names: string[]): Requirement {
  return must(`sort-${id}`, '7644 §3.4.2.3', text, async (probe) => {
    deepEqual(namesIn(await (await crewOf(probe)).list(parameters)), names);
  });
}

const UP = ['Bob', 'ann', 'cid', 'dora'];

/** sortBy and sortOrder (RFC 7644 §3.4.2.3). */
export const SORT = [
  sorts('by', 'sortBy orders by an attribute', '&sortBy=title&sortOrder=ascending', UP),
  sorts('default', 'without sortOrder the order is ascending', '&sortBy=title', UP),
  sorts('descending', 'descending turns the order around', '&sortBy=userName&sortOrder=descending', [
    'dora',
    'cid',
    'Bob',
    'ann',
  ]),
  sorts('case', 'text of which the schema ignores the letter case is ordered so', '&sortBy=userName', [
    'ann',
    'Bob',
    'cid',
    'dora',
  ]),
  sorts('sub', 'a sub-attribute is named after a dot', '&sortBy=name.familyName', ['Bob', 'cid', 'ann', 'dora']),
  sorts('primary', 'of several values the primary counts, else the first', '&sortBy=emails.value', [
    'cid',
    'ann',
    'Bob',
    'dora',
  ]),
  sorts('primary-name', 'a multi-valued attribute is ordered by its value', '&sortBy=emails', [
    'cid',
    'ann',
    'Bob',
    'dora',
  ]),
  sorts('absent-last', 'ascending, what has no value comes last', '&sortBy=title&sortOrder=ascending', UP),
  sorts('absent-first', 'descending, what has no value comes first', '&sortBy=title&sortOrder=descending', [
    'dora',
    'cid',
    'ann',
    'Bob',
  ]),
  sorts('attribute-case', 'the attribute may be in any letter case', '&sortBy=TITLE', UP),
  must('sort-before-page', '7644 §3.4.2.3', 'the whole is ordered, then cut into pages', async (probe) => {
    const { list } = await crewOf(probe);
    deepEqual(namesIn(await list('&sortBy=title&startIndex=2&count=2')), ['ann', 'cid']);
  }),
  must('sort-search', '7644 §3.4.3', 'a search is ordered in the same way', async (probe) => {
    const { mark } = await crewOf(probe);
    const answer = await probe.post('/Users/.search', {
      schemas: ['urn:ietf:params:scim:api:messages:2.0:SearchRequest'],
      filter: `userName ew "-${mark}"`,
      sortBy: 'title',
      sortOrder: 'descending',
    });
    equal(answer.status, 200);
    deepEqual(namesIn(answer), ['dora', 'cid', 'ann', 'Bob']);
  }),
];
