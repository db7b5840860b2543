import { deepEqual, equal } from 'node:assert/strict';
import { crewOf } from '../crew.ts';
import { must, notHere, type Requirement, should } from '../requirement.ts';

function finds(id: string, text: string, filter: string, names: string[]): Requirement {
  return must(`filter-${id}`, '7644 §3.4.2.2', text, async (probe) => {
    deepEqual(await (await crewOf(probe)).meeting(filter), names);
  });
}

/** How conditions are put together (RFC 7644 §3.4.2.2, figure 1). */
export const FILTER_GRAMMAR = [
  finds('and', 'and wants both', 'active eq true and title eq "Boss"', ['ann']),
  finds('or', 'or wants one', 'title eq "Boss" or title eq "Clerk"', ['ann', 'cid']),
  finds('not', 'not turns a group around', 'not (title pr)', ['dora']),
  finds('precedence', 'and binds closer than or', 'title eq "Boss" or title eq "Clerk" and active eq true', ['ann']),
  finds('grouping', 'brackets come first', '(title eq "Boss" or title eq "Clerk") and active eq true', ['ann']),
  finds('not-first', 'not binds closer than and', 'not (title eq "Boss") and title pr', ['Bob', 'cid']),
  finds('keyword-case', 'operators may be in any letter case', 'title EQ "Boss" OR Not (title PR)', ['ann', 'dora']),
  finds('attribute-case', 'attribute names may be in any letter case', 'NAME.FamilyName eq "miller"', ['cid']),
  finds(
    'complex-same',
    'conditions in square brackets are about one and the same value',
    'emails[type eq "work" and value co "example.org"]',
    ['ann'],
  ),
  finds('complex-none', 'and not about two values', 'emails[type eq "home" and value co "example.org"]', []),
  finds('complex-not', 'not and or work in square brackets', 'emails[not (type eq "work") or primary eq true]', [
    'ann',
  ]),
  finds(
    'complex-and',
    'square brackets can be one part of a larger filter',
    'title pr and emails[type eq "work"] and active eq false',
    ['cid'],
  ),
  must(
    'filter-all',
    '7644 §3.4.2',
    'a filter is applied before paging: totalResults counts what meets it',
    async (p) => {
      const { body } = await (await crewOf(p)).list('&count=1');
      deepEqual([body.totalResults, body.itemsPerPage], [4, 1]);
    },
  ),
  must('filter-groups', '7644 §3.4.2.2', 'groups can be filtered as well', async (probe) => {
    const { id } = await probe.user();
    const group = await probe.group({ members: [id] });
    for (const filter of [
      `displayName eq "${group.displayName}"`,
      `members.value eq "${id}"`,
      `members[value eq "${id}"]`,
    ]) {
      deepEqual(
        (await probe.find('Groups', filter)).body.Resources.map((found: { id: string }) => found.id),
        [group.id],
      );
    }
  }),
  should('filter-unicode', '7644 §7.8', 'é is found as é, however its letter is put together', async (probe) => {
    const { id } = await probe.user({ displayName: 'Ren\u00e9' });
    equal((await probe.find('Users', `id eq "${id}" and displayName eq "Rene\u0301"`)).body.totalResults, 1);
  }),
  must('filter-common', '7644 §3.4.2.2', 'id and externalId can be filtered', async (probe) => {
    const [ann] = (await crewOf(probe)).people;
    for (const filter of [`id eq "${ann.id}"`, `externalId eq "${ann.externalId}"`]) {
      equal((await probe.find('Users', filter)).body.totalResults, 1);
    }
  }),
  must(
    'filter-type',
    '7644 §3.4.2.1',
    'meta.resourceType can be filtered, as the RFC’s own example does',
    async (probe) => {
      const { status, body } = await probe.find('Users', 'meta.resourceType eq "Group"');
      deepEqual([status, body.totalResults], [200, 0]);
    },
  ),
  notHere('MUST', 'filter-501', '7644 §3.4.2.2', 'a server without filters refuses them', 'filters are supported'),
  notHere('SHOULD', 'filter-too-many', '7644 §3.4.2.1', 'too many results are refused as tooMany', 'lists are paged'),
];
