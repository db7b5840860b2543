import { deepEqual, equal } from 'node:assert/strict';
import { crewOf, ENTERPRISE } from '../crew.ts';
import { must, type Requirement } from '../requirement.ts';

/** A filter on the crew, and whom it must give. */
function finds(id: string, text: string, filter: string, names: string[], section = '§3.4.2.2'): Requirement {
  return must(`filter-${id}`, `7644 ${section}` as '7644 §', text, async (probe) => {
    deepEqual(await (await crewOf(probe)).meeting(filter), names);
  });
}

/** A filter that must be refused with 400 and invalidFilter. */
function refuses(id: string, text: string, filter: string, lenient: string | null = null): Requirement {
  const check: Requirement['check'] = async (probe) => {
    const { status, body } = await probe.find('Users', filter);
    equal(status, 400);
    equal(body.scimType, 'invalidFilter');
  };
  return must(`filter-${id}`, '7644 §3.4.2.2', text, check, lenient);
}

/** What each operator means (RFC 7644 §3.4.2.2, table 3). */
export const FILTER_OPERATORS = [
  finds('eq', 'eq is equality', 'title eq "Clerk"', ['cid']),
  finds('ne', 'ne is inequality', 'title ne "Clerk" and title pr', ['Bob', 'ann']),
  finds('co', 'co finds a part of the text', 'title co "oss"', ['ann']),
  finds('sw', 'sw finds how the text begins', 'title sw "Cle"', ['cid']),
  finds('ew', 'ew finds how the text ends', 'name.familyName ew "er"', ['ann', 'cid']),
  finds('pr', 'pr finds where there is a value', 'title pr', ['Bob', 'ann', 'cid']),
  finds('pr-complex', 'pr on a complex attribute finds where it has any value', 'name pr', ['Bob', 'ann', 'cid']),
  finds('gt', 'gt is greater, by the alphabet for text', 'title gt "Boss"', ['cid']),
  finds('ge', 'ge is greater or equal', 'title ge "Boss"', ['ann', 'cid']),
  finds('lt', 'lt is less', 'title lt "Boss"', ['Bob']),
  finds('le', 'le is less or equal', 'title le "Boss"', ['Bob', 'ann']),
  finds('dates', 'dates compare by time', 'meta.created gt "2011-05-13T04:42:34Z" and title eq "Boss"', ['ann']),
  finds('dates-zone', 'dates compare by time, whatever their zone', 'meta.created lt "2011-05-13T04:42:34+05:00"', []),
  finds('boolean', 'a boolean is true or false, without quotes', 'active eq false', ['cid']),
  finds('text-case', 'text of which the schema ignores the letter case is found in any', 'title eq "BOSS"', ['ann']),
  finds('exact-case', 'text that is case-exact is found in its own letter case only', 'externalId sw "ann"', []),
  finds('user-name-case', 'userName is found in any letter case', 'userName sw "BOB"', ['Bob'], '§3.4.2.2'),
  finds('escapes', 'values are JSON text with its escapes', 'title eq "analyst \\u0022x\\""', ['Bob']),
  finds('multi-valued', 'a multi-valued attribute meets a condition when one value does', 'emails co "example.org"', [
    'ann',
  ]),
  finds('sub-attribute', 'a sub-attribute is named after a dot', 'emails.type eq "home"', ['ann']),
  finds('extension', 'an attribute of an extension is named by its URN', `${ENTERPRISE}:department eq "Tours"`, [
    'ann',
  ]),
  finds(
    'core-urn',
    'an attribute of the core may be named by its URN',
    'urn:ietf:params:scim:schemas:core:2.0:User:title eq "Boss"',
    ['ann'],
    '§3.10',
  ),
  refuses('boolean-order', 'greater and less on a boolean are refused', 'active gt false'),
  refuses('binary-order', 'greater and less on a binary are refused', 'x509Certificates.value gt "AA=="'),
  refuses('unknown-operator', 'an operator that is not known is refused', 'userName like "x"'),
  refuses('malformed', 'a filter that cannot be read is refused', 'userName eq'),
  refuses('unbalanced', 'brackets that do not close are refused', '(userName eq "x"'),
];
