import { describe, expect, test } from 'vitest';
import { TARGET_KINDS } from '../../src/connectors/kinds.ts';
import { pageOfSubject } from '../../src/console/audit-subject.ts';
import { fieldGroups, moreLines, secretNames, secretsFrom, settingsFrom } from '../../src/console/target-form.ts';
import type { TargetKind } from '../../src/model/target-kind.ts';

const kind = (name: string) => TARGET_KINDS.find((one) => one.kind === name) as TargetKind; // the names below are kinds
const form = (fields: Record<string, string>) => (name: string) => fields[name];

describe('settings of a target as a form', () => {
  test.for([
    { name: 'nothing said changes nothing', fields: {}, before: {}, becomes: {} },
    { name: 'a filled field sets', fields: { 'setting.url': 'https://a' }, before: {}, becomes: { url: 'https://a' } },
    { name: 'an emptied field takes away', fields: {}, before: { pageSize: 50 }, becomes: { pageSize: null } },
    { name: 'a number is one', fields: { 'setting.pageSize': '20' }, before: {}, becomes: { pageSize: 20 } },
    { name: 'no number stays as typed', fields: { 'setting.pageSize': 'x' }, before: {}, becomes: { pageSize: 'x' } },
    { name: 'a flag is one', fields: { 'setting.groups': 'false' }, before: {}, becomes: { groups: false } },
    {
      name: 'commas make a list',
      fields: { 'setting.attributes': 'title, , department' },
      before: { attributes: ['title'] },
      becomes: { attributes: ['title', 'department'] },
    },
    { name: 'what no field shows stays', fields: {}, before: { elsewhere: 1 }, becomes: {} },
  ])('$name', ({ fields, before, becomes }) => {
    expect(settingsFrom(kind('scim'), form(fields as Record<string, string>), before)).toEqual(becomes);
  });

  test('a kind with a description takes more settings, a line for each', () => {
    const before = { description: 'name: App', url: 'https://old', region: 'eu' };
    expect(moreLines(kind('rest'), before)).toBe('url=https://old\nregion=eu');
    const fields = { 'setting.description': 'name: App', more: 'url = https://new?a=b\n\nnonsense' };
    expect(settingsFrom(kind('rest'), form(fields), before)).toEqual({
      description: 'name: App',
      url: 'https://new?a=b',
      region: null,
    });
  });

  test('what is required comes first, the rest is apart', () => {
    const groups = fieldGroups(kind('scim'), { url: 'https://a', attributes: ['title'] });
    expect(groups.map(({ id, fields }) => [id, fields.length])).toEqual([
      ['main', 1],
      ['fine', 7],
      ['limits', 3],
      ['offer', 4],
    ]);
    expect(groups[0]?.fields[0]).toMatchObject({ id: 'setting.url', value: 'https://a' });
    expect(groups[1]?.fields[0]).toMatchObject({ value: 'title' });
  });

  test('an empty secret stays, a ticked one goes, a named one comes', () => {
    const fields = { 'secret.secret': 'new', secretName0: 'more', secretValue0: 'value', secretName1: 'unfinished' };
    expect(secretsFrom(['secret', 'formerSecret'], form(fields), ['formerSecret'])).toEqual({
      formerSecret: null,
      secret: 'new',
      more: 'value',
    });
    expect(secretNames(kind('webhook'), ['secret', 'odd'])).toEqual([
      { name: 'secret', required: true, has: true },
      { name: 'formerSecret', required: false, has: false },
      { name: 'odd', required: false, has: true },
    ]);
  });
});

describe('the page of what an entry of the audit is about', () => {
  test.for([
    ['person.recover', 'p1', {}, '/people/p1'],
    ['membership.add', 'p1', {}, '/people/p1'],
    ['account.suspend', 'p1', {}, '/people/p1'],
    ['connection.enable', 'c1', {}, '/connections/c1'],
    ['feed.set', 'c1', {}, '/connections/c1'],
    ['invite.print', 'c1', {}, '/connections/c1'],
    ['invite.accept', 'i1', {}, null],
    ['target.change', 't1', {}, '/targets/t1'],
    ['target.remove', 't1', {}, null],
    ['hold.release', 'h1', {}, '/holds/h1'],
    ['roster.release', 'r1', {}, '/runs/r1'],
    ['plan.apply', 'l1', {}, '/plans/l1'],
    ['operator.role', 'o1', {}, '/settings/operators/o1'],
    ['operator.remove', 'o1', {}, null],
    ['technical-user.add', 'u1', {}, '/settings/technical-users/u1'],
    ['technical-user.revoke', 'u1', {}, null],
    ['key.create', 'k1', { technicalUser: 'u1' }, '/settings/technical-users/u1'],
    ['token.create', 'k1', { connection: 'c1' }, '/connections/c1'],
    ['token.revoke', 'k1', {}, null],
    ['extension.put', 'urn:a:b', {}, '/settings/extensions'],
    ['tenant.policy', 'tenant', {}, '/settings/policy'],
    ['notice-list.set', 'tenant', {}, '/settings/notices'],
    ['notice-list.set', 'c1', {}, '/connections/c1/notices'],
    ['something.new', 'x', {}, null],
  ] as const)('%s', ([action, subject, detail, page]) => {
    expect(pageOfSubject({ id: '', at: '', actor: '', action, subject, detail }, 'tenant')).toBe(page);
  });
});
