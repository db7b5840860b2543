import { emailOf } from '../model/email.ts';
import type { InviteChannel, Language, OwnChannel } from '../model/invite.ts';
import type { Resource } from '../model/person.ts';

/** Where a person can be reached; null where the source does not say, or says what cannot be one. */
export type Reach = { readonly email: string | null; readonly mobile: string | null };

/** Nothing that a mail header gives a meaning of its own. */
const PLAIN_ADDRESS = /^[^\s@<>()[\]\\,;:"]+@[^\s@<>()[\]\\,;:"]+$/;
const MOST_LETTERS = 254;
/** E.164: a plus, the country, at most 15 digits in all. */
const E164 = /^\+[1-9]\d{6,14}$/;

/** Where a person can be reached. A number counts with the blanks, dots, dashes and brackets that people put in. */
export function reachOf(resource: Resource): Reach {
  const email = emailOf(resource);
  const usable = email !== null && email.length <= MOST_LETTERS && PLAIN_ADDRESS.test(email) && !/\p{Cc}/u.test(email);
  return { email: usable ? email : null, mobile: mobileOf(resource['phoneNumbers']) };
}

/**
 * The way that an invite takes: the first of the list that can be used.
 *
 *   of the list   usable when
 *   target        always: the app's own invite is enough, nothing of ours is sent
 *   email         mail is set up, and the person has an address
 *   sms           a gateway is set up, and the person has a mobile number
 *   print         always
 *   none          null
 */
export function chooseChannel(
  channels: readonly InviteChannel[],
  reach: Reach,
  able: { readonly email: boolean; readonly sms: boolean },
): InviteChannel | null {
  const usable = {
    target: true,
    email: able.email && reach.email !== null,
    sms: able.sms && reach.mobile !== null,
    print: true,
  };
  return channels.find((channel) => usable[channel]) ?? null;
}

/** The channel that an invite waits for where none can be used: the first of ours. Null where none is ours. */
export function firstOwn(channels: readonly InviteChannel[]): OwnChannel | null {
  return channels.find((channel) => channel !== 'target') ?? null;
}

/** German for whoever prefers any German, English for everybody else. */
export function languageOf({ preferredLanguage }: Resource): Language {
  return typeof preferredLanguage === 'string' && /^de(?![a-z])/i.test(preferredLanguage.trim()) ? 'de' : 'en';
}

/** Where a person works, for sheets that are handed out there: the work address's place, else the first one's. */
export function locationOf({ addresses }: Resource): string | null {
  const all: Record<string, unknown>[] = Array.isArray(addresses) ? addresses : [];
  const one = all.find(({ type }) => String(type).toLowerCase() === 'work') ?? all[0];
  const place = one?.['locality'];
  return typeof place === 'string' && place.trim() !== '' ? place.trim() : null;
}

function mobileOf(phoneNumbers: unknown): string | null {
  const numbers: Record<string, unknown>[] = Array.isArray(phoneNumbers) ? phoneNumbers : [];
  const mobile = numbers.find(({ type }) => String(type).toLowerCase() === 'mobile')?.['value'];
  if (typeof mobile !== 'string') return null;
  const digits = mobile.replace(/^tel:/i, '').replace(/[\s().-]/g, '');
  return E164.test(digits) ? digits : null;
}
