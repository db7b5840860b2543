import { Fault } from '../errors.ts';
import type { Api } from './api.ts';

export type Found = { id: string; userName: string; connection: { name: string } };

/** One person by e-mail address, else by userName; never a guess between two. */
export async function findPerson(api: Api, named: string, connection: string | undefined): Promise<Found> {
  const ask = async (query: Record<string, string>) =>
    (await api.call<{ people: Found[] }>('GET', `/people?${new URLSearchParams(query)}`)).people;
  const byEmail = await ask({ email: named });
  const known = byEmail.length > 0 ? byEmail : await ask({ userName: named });
  const found = known.filter((one) => connection === undefined || one.connection.name === connection);
  const [one, ...others] = found;
  if (!one) throw new Fault('not_found', `no connection knows anybody as "${named}"`);
  if (others.length === 0) return one;
  const names = found.map((person) => `${person.userName} of ${person.connection.name}`).join(', ');
  throw new Fault('not_found', `"${named}" fits several people (${names}): name one by --connection, or by userName`);
}
