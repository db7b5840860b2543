import type { Probe } from './probe.ts';

export type Rfc = 7643 | 7644 | 9865;
export type Level = 'MUST' | 'MUST NOT' | 'SHOULD' | 'SHOULD NOT';
/** Plays some requests and throws when an answer is not as the requirement wants it. */
export type Check = (probe: Probe) => Promise<void>;

/** One thing that an RFC asks of a service provider. */
export type Requirement = {
  readonly id: string;
  readonly rfc: Rfc;
  readonly section: string;
  readonly level: Level;
  /** The requirement in our own words. */
  readonly text: string;
  /** Null when nothing over HTTP can show it, or what it speaks of is not here: `reason` says which. */
  readonly check: Check | null;
  readonly reason: string | null;
  /** Why the lenient profiles do otherwise on purpose. */
  readonly lenient: string | null;
};

type Place = `${Rfc} §${string}`;

/** SHALL and REQUIRED count as MUST, RECOMMENDED as SHOULD (RFC 2119). */
export const must = writer('MUST');
export const mustNot = writer('MUST NOT');
export const should = writer('SHOULD');
export const shouldNot = writer('SHOULD NOT');

/** A requirement that does not apply here, and why. */
export function notHere(level: Level, id: string, place: Place, text: string, reason: string): Requirement {
  return { id, ...placeOf(place), level, text, check: null, reason, lenient: null };
}

function writer(level: Level) {
  return (id: string, place: Place, text: string, check: Check, lenient: string | null = null): Requirement => ({
    id,
    ...placeOf(place),
    level,
    text,
    check,
    reason: null,
    lenient,
  });
}

function placeOf(place: Place): { rfc: Rfc; section: string } {
  const [rfc, section = ''] = place.split(' ');
  return { rfc: Number(rfc) as Rfc, section };
}
