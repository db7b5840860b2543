import type { Api } from './api.ts';
import { type Finding, failed, fine, note, wrong } from './doctor-finding.ts';
import type { ConnectionItem, TargetItem } from './named.ts';

type Ready = { status?: string; database?: boolean; stopping?: boolean };

const WAIT_MS = 10_000;

/** Whether a server answers at this address and wants requests. */
export async function judgeServer(url: string): Promise<Finding> {
  const check = 'server';
  let ready: Ready;
  try {
    const response = await fetch(`${url}/readyz`, { redirect: 'error', signal: AbortSignal.timeout(WAIT_MS) });
    ready = (await response.json()) as Ready;
  } catch {
    return wrong(check, `no Gangway answers at ${url}: is it started, and is --url right?`);
  }
  if (ready.status === 'ready') return fine(check, `the server at ${url} is ready, and reaches its database`);
  if (ready.database === false)
    return wrong(check, `the server at ${url} does not reach its database: look at DATABASE_URL`);
  if (ready.stopping) return wrong(check, `the server at ${url} is stopping: start it again`);
  return wrong(check, `what answers at ${url} is no Gangway: is --url right?`);
}

/** Whether what a connection says may leave, and has somewhere to go. */
export function judgeConnection({ name, state, policy, targetIds }: ConnectionItem): Finding[] {
  const enabled =
    state === 'enabled'
      ? fine('state', `connection ${name} is enabled`)
      : state === 'disconnected'
        ? wrong('state', `connection ${name} is disconnected: \`gangway connection connect ${name}\` takes it back`)
        : wrong('state', `connection ${name} is ${state}: nothing leaves until \`gangway connection enable ${name}\``);
  const target =
    targetIds.length > 0
      ? fine('targets', `connection ${name} has ${targetIds.length === 1 ? 'a target' : `${targetIds.length} targets`}`)
      : wrong(
          'targets',
          `connection ${name} has no target: make one with \`gangway connection add NAME --target TARGET\``,
        );
  const invites =
    policy.invite === 'automatic'
      ? fine('invites', `joiners of ${name} are invited automatically`)
      : typeof policy.invite === 'object'
        ? fine('invites', `joiners of ${name} are invited on the day in ${policy.invite.onDate}`)
        : note('invites', `joiners of ${name} are not invited by themselves (--invite manual): they wait`);
  return [enabled, target, invites];
}

/** Whether each target answers and takes our secret; the check only reads there. */
export async function judgeTargets(api: Api, targets: readonly TargetItem[]): Promise<Finding[]> {
  return Promise.all(
    targets.map(async ({ id, name }) => {
      try {
        await api.call('POST', `/targets/${id}/check`);
        return fine('target', `target ${name} answers and takes the secret`);
      } catch (error) {
        return failed('target', error, `mend it, then \`gangway target check ${name}\``);
      }
    }),
  );
}
