import { expect, test } from 'vitest';
import { configFrom, textOfConfig } from '../../src/configuration/file.ts';

const bomb = [
  'a: &a [x]',
  ...'bcdefghi'.split('').map((name, at) => `${name}: &${name} [${`*${'abcdefghi'[at]},`.repeat(9)}]`),
];

test.for([
  ['no YAML', '[', 'is not valid YAML'],
  ['aliases that grow without end', `environment: live\n${bomb.join('\n')}\n`, 'is not valid YAML'],
  ['nothing at all', '', 'the file: must hold names with their values'],
  ['a part that nobody knows', 'environment: live\npeople: {}\n', 'there is no "people"'],
  ['no environment', 'connections: {}\n', 'environment: must be one of'],
  ['a target that is a word', 'environment: live\ntargets: { app: yes }\n', 'targets.app: must hold names'],
  [
    'secrets that are no list',
    'environment: live\ntargets: { app: { secrets: all } }\n',
    'targets.app.secrets: must be',
  ],
  [
    'settings that are a list',
    'environment: live\ntargets: { app: { settings: [] } }\n',
    'targets.app.settings: must hold',
  ],
  [
    'targets that are no names',
    'environment: live\nconnections: { hr: { targets: [1] } }\n',
    'hr.targets: must be a list',
  ],
  [
    'a policy that is a word',
    'environment: live\nconnections: { hr: { policy: strict } }\n',
    'hr.policy: must hold names',
  ],
])('a file with %s is refused in words', async ([, text = '', says = '']) => {
  await expect(configFrom(text, 'x.yaml')).rejects.toMatchObject({
    code: 'config_invalid',
    message: expect.stringContaining(says),
  });
});

test('what is written is read as it was', async () => {
  const document = {
    environment: 'live',
    policy: { graceDays: 30 },
    targets: { app: { kind: 'scim', environment: 'live', settings: { url: 'https://a' }, secrets: ['token'] } },
    connections: { hr: { profile: 'okta', targets: ['app'], mapping: { attributes: { title: 'title' } } } },
  } as const;
  expect(await configFrom(await textOfConfig(document), 'x.yaml')).toEqual(document);
});
