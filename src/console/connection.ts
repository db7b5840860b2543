import { Refusal } from './api.ts';
import type { Visit } from './visit.ts';

export type SeenConnection = { id: string; name: string; state: string; targetIds: string[] };

/** The connection that a path names; refused as not found where the tenant has none of this id. */
export async function connectionOf({ api, say }: Visit, id: string): Promise<SeenConnection> {
  const { connections } = await api.get<{ connections: SeenConnection[] }>('/connections');
  const found = connections.find((one) => one.id === id);
  if (!found) throw new Refusal({ status: 404, detail: say('error.noPage') });
  return found;
}
