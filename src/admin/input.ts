import type { RequestParamHandler } from 'express';
import { z } from 'zod';
import { isUuid } from '../database/uuid.ts';
import { Fault } from '../errors.ts';

const UNSTORABLE = 'text that cannot be stored: a zero byte, or half a letter';

/** A name that people give to something. */
export const name = z.string().trim().min(1).max(200).refine(isStorable, UNSTORABLE);

/** Values of any shape that the database can hold. */
export const settings = z.record(z.string(), z.unknown()).refine((value) => holds(value, isStorable), UNSTORABLE);

/** An id in a path that we never gave out is 404 like any other unknown one. */
export function knownId(kind: string): RequestParamHandler {
  return (_req, _res, next, id: string) => {
    next(isUuid(id) ? undefined : new Fault('not_found', `no ${kind} ${id.slice(0, 100)}`));
  };
}

/** PostgreSQL refuses zero bytes and unpaired surrogates. */
export function isStorable(text: string): boolean {
  return text.isWellFormed() && !text.includes('\0');
}

/** True for a name that the clocks of this server know, like Europe/Berlin. */
export function isTimeZone(name: string): boolean {
  try {
    return Boolean(new Intl.DateTimeFormat('en', { timeZone: name }));
  } catch {
    return false;
  }
}

function holds(value: unknown, rule: (text: string) => boolean): boolean {
  if (typeof value === 'string') return rule(value);
  if (typeof value !== 'object' || value === null) return true;
  return Object.entries(value).every(([key, item]) => rule(key) && holds(item, rule));
}
