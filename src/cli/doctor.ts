import type { Command } from 'commander';
import { playOpening } from '../opening/play.ts';
import { clientOf } from '../opening/script.ts';
import type { Api, ApiOptions } from './api.ts';
import { apiCommand, type Output } from './command.ts';
import { judgeAddress } from './doctor-address.ts';
import { type Finding, failed, fine, linesOf, note, wrong } from './doctor-finding.ts';
import { judgeConnection, judgeServer, judgeTargets } from './doctor-installation.ts';
import { judgeToken, malformed } from './doctor-token.ts';
import { listConnections, listTargets, pick } from './named.ts';
import { secretFrom } from './pairs.ts';

type DoctorOptions = { connection?: string; token?: string; scim?: string };

/** `gangway doctor`: what is wrong, in plain words, and how to mend it. It changes nothing. */
export function doctorCommand(): Command {
  return apiCommand<DoctorOptions>('doctor', 'say what is wrong, and how to mend it', async (api, _names, options) => {
    const findings = await examine(api, options);
    return outputOf(findings);
  })
    .option('--connection <name>', 'play the first requests of this connection’s client, too')
    .option('--token <token>', 'the token that was pasted there; env:VARIABLE or file:PATH keeps it from your shell')
    .option('--scim <address>', 'the SCIM base URL that was pasted there');
}

function outputOf(findings: Finding[]): Output {
  const wrong = findings.some(({ result }) => result === 'wrong');
  if (wrong) process.exitCode = 1;
  return { data: { status: wrong ? 'wrong' : 'fine', findings }, lines: linesOf(findings) };
}

/** What a check cannot go on from ends its own part only, and is a finding itself. */
async function examine(api: Api, options: DoctorOptions & ApiOptions): Promise<Finding[]> {
  const server = await judgeServer(api.url);
  if (server.result === 'wrong') return [server];
  const look = options.connection === undefined ? () => everything(api, options) : () => oneConnection(api, options);
  return [server, ...(await look().catch((error: unknown) => [failed('admin API', error)]))];
}

async function oneConnection(api: Api, options: DoctorOptions): Promise<Finding[]> {
  const [connections, targets] = await Promise.all([listConnections(api), listTargets(api)]);
  const connection = pick('connection', connections, options.connection ?? '');
  const base = options.scim ?? `${api.url}/scim/v2`;
  const address = judgeAddress(base, options.scim !== undefined);
  const findings = [
    address,
    ...judgeConnection(connection),
    ...(await judgeTargets(
      api,
      targets.filter(({ id }) => connection.targetIds.includes(id)),
    )),
  ];
  // the variable is the operator's choice, so it cannot be in the configuration
  const token = options.token === undefined ? undefined : secretFrom('token', options.token, process.env);
  const unusable = malformed(token);
  if (unusable) return [...findings, unusable];
  if (address.result === 'wrong') return findings;
  // Entra's switch for newer habits stands behind a question mark, which its requests put elsewhere
  const endpoint = { base: base.replace(/\?.*$/, ''), token: token ?? '' };
  const taken = await judgeToken(api, connection, connections, endpoint);
  if (taken[0]?.result === 'wrong') return [...findings, ...taken];
  const steps = await playOpening(clientOf(connection.profile), endpoint);
  return [...findings, ...taken, ...steps.map(({ name, passed, words }) => (passed ? fine : wrong)(name, words))];
}

/** All tenants, unless one is named. */
async function everything(api: Api, options: ApiOptions): Promise<Finding[]> {
  const { tenants } = await api.call<{ tenants: { tenantId: string; name: string }[] }>('GET', '/tenants');
  const key = fine('admin API', 'the admin key is taken');
  if (tenants.length === 0) return [key, note('tenants', 'there is no tenant yet: gangway tenant add NAME')];
  if (options.tenant !== undefined || tenants.length === 1) return [key, ...(await tenantFindings(api))];
  const { createApi } = await import('./api.ts');
  const each = await Promise.all(
    tenants.map(({ tenantId }) => tenantFindings(createApi({ ...options, tenant: tenantId }))),
  );
  return [key, ...each.flat()];
}

async function tenantFindings(api: Api): Promise<Finding[]> {
  const [connections, targets] = await Promise.all([listConnections(api), listTargets(api)]);
  const none = connections.length
    ? []
    : [note('connections', 'there is no connection yet: gangway connection add NAME')];
  return [...connections.flatMap(judgeConnection), ...none, ...(await judgeTargets(api, targets))];
}
