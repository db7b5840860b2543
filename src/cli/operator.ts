import { type Command, InvalidArgumentError, Option } from 'commander';
import { RIGHTS, type Right } from '../model/principal.ts';
import { apiCommand, group } from './command.ts';
import { table, when } from './print.ts';

type Operator = { id: string; name: string; email: string | null; signIn: string; rights: Right[] };
type AddOptions = { rights: Right[]; email?: string; language?: string };

const SIGN_IN: Readonly<Record<string, string>> = {
  password: 'password',
  openid: 'OpenID Connect',
  link: 'not yet: gangway operator link',
};

/** `gangway operator`: people who sign in, and what they may do. */
export function operatorCommand(): Command {
  return group('operator', 'people who sign in, and what they may do in a tenant', [
    addCommand(),
    apiCommand('list', 'show the operators of the tenant', async (api) => {
      const { operators } = await api.call<{ operators: Operator[] }>('GET', '/operators');
      const rows = operators.map(({ name, email, rights, signIn, id }) => [
        name,
        rights.join(', '),
        SIGN_IN[signIn] ?? signIn,
        email,
        id,
      ]);
      const nothing = 'no operators yet: gangway operator add NAME --rights owner';
      return { data: operators, lines: table(['NAME', 'RIGHTS', 'SIGNS IN BY', 'E-MAIL', 'ID'], rows, nothing) };
    }),
    apiCommand<{ rights: Right[] }>('role <name>', 'change what an operator may do', async (api, [name = ''], wish) => {
      const { rights } = wish;
      const changed = await api.call<Operator>('PUT', `/operators/${encodeURIComponent(name)}/role`, { rights });
      return { data: changed, lines: [`${changed.name} has the rights ${changed.rights.join(', ')}`] };
    }).addOption(rightsOption()),
    linkCommand(),
    apiCommand('remove <name>', 'take an operator’s role in the tenant away', async (api, [name = '']) => {
      await api.call('DELETE', `/operators/${encodeURIComponent(name)}`);
      return { data: { name, removed: true }, lines: [`${name} has no role in this tenant any more`] };
    }),
    sessionsCommand(),
    apiCommand('sign-out <name>', 'end all sessions of an operator', async (api, [name = '']) => {
      const done = await api.call<{ ended: number }>('DELETE', `/operators/${encodeURIComponent(name)}/sessions`);
      return { data: done, lines: [`sessions ended: ${done.ended}`] };
    }),
  ]);
}

function addCommand(): Command {
  return apiCommand<AddOptions>('add <name>', 'give somebody a role in the tenant', async (api, [name = ''], wish) => {
    const { rights, email, language } = wish;
    const body = { name, rights, ...(email && { email }), ...(language && { language }) };
    const made = await api.call<Operator>('POST', '/operators', body);
    const lines = [`${made.name} has the rights ${made.rights.join(', ')}`];
    return { data: made, lines: [...lines, `To let them sign in: gangway operator link ${JSON.stringify(made.name)}`] };
  })
    .addOption(rightsOption())
    .option('--email <address>', 'their address')
    .addOption(new Option('--language <language>', 'of their pages (default: en)').choices(['en', 'de']));
}

function linkCommand(): Command {
  return apiCommand<{ resetCode?: boolean }>(
    'link <name>',
    'make a link, for 15 minutes and once, by which they choose a password',
    async (api, [name = ''], { resetCode = false }) => {
      const made = await api.call<{ url: string }>('POST', `/operators/${encodeURIComponent(name)}/link`, {
        resetCode,
      });
      const lines = [made.url, '', 'It works once, within 15 minutes. Whoever has it can sign in as them.'];
      return { data: made, lines };
    },
  ).option('--reset-code', 'and take their second factor away: phone and recovery codes are lost');
}

function sessionsCommand(): Command {
  type Session = { id: string; startedAt: string; endsAt: string; address: string; browser: string };
  return apiCommand('sessions <name>', 'show where an operator is signed in', async (api, [name = '']) => {
    const { sessions } = await api.call<{ sessions: Session[] }>(
      'GET',
      `/operators/${encodeURIComponent(name)}/sessions`,
    );
    const rows = sessions.map((one) => [when(one.startedAt), one.address, one.browser]);
    return { data: sessions, lines: table(['SINCE', 'ADDRESS', 'BROWSER'], rows, 'signed in nowhere') };
  });
}

function rightsOption(): Option {
  const words = `what they may do, with commas: ${RIGHTS.join(', ')}`;
  return new Option('--rights <rights>', words).argParser(rightsIn).makeOptionMandatory();
}

function rightsIn(text: string): Right[] {
  const named = text.split(',').map((one) => one.trim());
  const rights = RIGHTS.filter((right) => named.includes(right));
  if (rights.length === new Set(named).size) return rights;
  throw new InvalidArgumentError(`Choose from ${RIGHTS.join(', ')}.`);
}
