import type { Guard, OnDate, OnDisconnect, Policy } from '../../model/policy.ts';
import { type Say, sayNamed } from '../say.ts';

const LEAVE: readonly string[] = ['onDeactivate', 'onDelete', 'onAbsence'];

/** One value of a policy as people say it. */
export function policyValueWords(say: Say, field: keyof Policy, value: unknown): string {
  if (value === undefined || value === null) return '';
  if (typeof value === 'number') return say('policy.days', { count: value });
  if (Array.isArray(value)) return listWords(say, field, value);
  if (typeof value === 'object') return partsWords(say, field, value);
  return optionWords(say, field, String(value));
}

/** One of the values that a field may be chosen from. */
export function optionWords(say: Say, field: string, value: string): string {
  return sayNamed(say, `policy.${LEAVE.includes(field) ? 'onLeave' : field}`, value);
}

function listWords(say: Say, field: string, list: readonly unknown[]): string {
  if (list.length === 0) return say('policy.nobody');
  return list.map((one) => optionWords(say, field, String(one))).join(', ');
}

function partsWords(say: Say, field: keyof Policy, value: object): string {
  switch (field) {
    case 'invite':
    case 'lastDay': {
      const { onDate, offsetDays: offset, localTime: time, timeZone: zone } = value as OnDate;
      const phrase = offset === 0 ? 'policy.dayWords' : 'policy.dayOffsetWords';
      return say(phrase, { attribute: onDate, offset, time, zone });
    }
    case 'inviteReminders': {
      const { afterDays, expireDays } = value as Policy['inviteReminders'];
      return say('policy.remindersWords', { days: afterDays.join(', ') || '–', end: expireDays });
    }
    case 'reconcile':
      return say('policy.everyHours', { hours: (value as { everyHours: number }).everyHours });
    case 'guard': {
      const { floor, perHourPercent: hour, perDayPercent: day, twoPeoplePercent: two, whileHeld } = value as Guard;
      return `${say('policy.guardWords', { floor, hour, day, two })} ${sayNamed(say, 'policy.whileHeld', whileHeld)}`;
    }
    case 'onDisconnect': {
      const parts = Object.entries(value as OnDisconnect);
      return parts
        .map(([who, what]) => `${sayNamed(say, 'policy', who)}: ${sayNamed(say, 'policy.end', what)}`)
        .join('; ');
    }
    default:
      return Object.entries(value)
        .map(
          ([name, mode]) => `${name === 'default' ? say('policy.otherwise') : name}: ${optionWords(say, field, mode)}`,
        )
        .join('; ');
  }
}
