import { deepEqual, equal, ok } from 'node:assert/strict';
import { aUser } from '../../support/people.ts';
import { ENTERPRISE } from '../crew.ts';
import { unique } from '../probe.ts';
import { must, mustNot } from '../requirement.ts';

const USER = 'urn:ietf:params:scim:schemas:core:2.0:User';

/** The parameters attributes and excludedAttributes (RFC 7644 §3.4.2.5, §3.9, §3.10, RFC 7643 §7). */
export const PROJECTION = [
  must('attributes-only', '7644 §3.9', 'attributes gives those, and what is always returned', async (probe) => {
    const { id } = await probe.user({ title: 'Boss', nickName: 'B' });
    const { body } = await probe.get(`/Users/${id}?attributes=title`);
    deepEqual([body.id, body.title, body.nickName, body.userName], [id, 'Boss', undefined, undefined]);
  }),
  must('attributes-always', '7643 §3.1', 'id is returned whatever was asked for', async (probe) => {
    const { id } = await probe.user();
    for (const query of ['attributes=userName', 'excludedAttributes=id', 'attributes=nonsense']) {
      equal((await probe.get(`/Users/${id}?${query}`)).body.id, id, query);
    }
  }),
  must('attributes-excluded', '7644 §3.9', 'excludedAttributes leaves those out', async (probe) => {
    const { id } = await probe.user({ title: 'Boss', nickName: 'B' });
    const { body } = await probe.get(`/Users/${id}?excludedAttributes=title`);
    deepEqual([body.title, body.nickName], [undefined, 'B']);
  }),
  mustNot(
    'attributes-excluded-always',
    '7644 §3.9',
    'excludedAttributes does not take what is always returned',
    async (p) => {
      const { id } = await p.user();
      equal((await p.get(`/Users/${id}?excludedAttributes=id,schemas`)).body.id, id);
    },
  ),
  must('attributes-list', '7644 §3.4.2.5', 'lists take both parameters, too', async (probe) => {
    const { userName } = await probe.user({ title: 'Boss', nickName: 'B' });
    const found = async (query: string) =>
      (await probe.find('Users', `userName eq "${userName}"`, `&${query}`)).body.Resources[0];
    equal((await found('attributes=title')).nickName, undefined);
    equal((await found('excludedAttributes=title')).nickName, 'B');
  }),
  must('attributes-create', '7644 §3.9', 'an answer to POST takes them, too', async (probe) => {
    const { status, body } = await probe.post('/Users?attributes=userName', aUser({ title: 'Boss' }));
    deepEqual([status, body.title], [201, undefined]);
    ok(body.userName);
  }),
  must('attributes-replace', '7644 §3.9', 'an answer to PUT takes them, too', async (probe) => {
    const { id } = await probe.user();
    const { status, body } = await probe.put(`/Users/${id}?excludedAttributes=title`, aUser({ title: 'Boss' }));
    deepEqual([status, body.title], [200, undefined]);
  }),
  must('attributes-patch', '7644 §3.5.2', 'a PATCH with attributes is 200 and shows them', async (probe) => {
    const { id } = await probe.user();
    const { status, body } = await probe.patch(`/Users/${id}?attributes=title`, {
      op: 'add',
      path: 'title',
      value: 'Boss',
    });
    deepEqual([status, body?.title], [200, 'Boss']);
  }),
  must('attributes-search', '7644 §3.4.3', 'a search takes them as arrays', async (probe) => {
    const { userName } = await probe.user({ title: 'Boss', nickName: 'B' });
    const { body } = await probe.post('/Users/.search', {
      schemas: ['urn:ietf:params:scim:api:messages:2.0:SearchRequest'],
      attributes: ['title', 'userName'],
      filter: `userName eq "${userName}"`,
    });
    deepEqual([body.Resources[0].title, body.Resources[0].nickName], ['Boss', undefined]);
  }),
  must('attributes-sub', '7644 §3.10', 'a sub-attribute is named after a dot', async (probe) => {
    const { id } = await probe.user({ name: { givenName: 'Ada', familyName: 'L' } });
    deepEqual((await probe.get(`/Users/${id}?attributes=name.familyName`)).body.name, { familyName: 'L' });
    deepEqual((await probe.get(`/Users/${id}?excludedAttributes=name.familyName`)).body.name, { givenName: 'Ada' });
  }),
  must('attributes-urn', '7644 §3.10', 'a name may have the URN of its schema before it', async (probe) => {
    const { id } = await probe.user({ schemas: [USER, ENTERPRISE], title: 'Boss', [ENTERPRISE]: { department: 'x' } });
    equal((await probe.get(`/Users/${id}?attributes=${USER}:title`)).body.title, 'Boss');
    const { body } = await probe.get(`/Users/${id}?attributes=${ENTERPRISE}:department`);
    deepEqual([body[ENTERPRISE], body.title], [{ department: 'x' }, undefined]);
  }),
  must('attributes-case', '7643 §2.1', 'names may be in any letter case', async (probe) => {
    const { id } = await probe.user({ title: 'Boss' });
    equal((await probe.get(`/Users/${id}?attributes=TITLE`)).body.title, 'Boss');
  }),
  must('attributes-several', '7644 §3.9', 'several names are parted by commas', async (probe) => {
    const { id } = await probe.user({ title: 'Boss', nickName: unique() });
    const { body } = await probe.get(`/Users/${id}?attributes=title,nickName`);
    ok(body.title && body.nickName && !body.userName);
  }),
];
