import { Readable } from 'node:stream';
import { Busboy, type BusboyFileStream, type BusboyInstance } from '@fastify/busboy';
import type { Request } from 'express';
import { isSameForm } from '../access/csrf.ts';
import { type Problem, Refusal } from './api.ts';

/** A file of a form, or text that was typed into it: begun to be read, never kept whole. */
export type Sent = { stream: Readable; fileName: string | null; type: string };
export type Fields = Readonly<Record<string, string>>;
type Words = { oldForm: string; nothing: string; tooLong: string; unreadable: string };

/** As much as anybody pastes; whatever is larger is a file. */
const MOST_PASTED = 1024 * 1024;
const LIMITS = { fields: 12, files: 4, fieldSize: MOST_PASTED, headerPairs: 20, headerSize: 16_384 };

/**
 * Reads a form that carries a file. The token of the session comes first in it: before it was checked no file is passed on.
 * `take` gets the first file that has a name, or the field `text`, with the fields before it; the rest is read and dropped.
 */
export function readUpload<Answer>(
  req: Request,
  words: Words,
  take: (sent: Sent, fields: Fields) => Promise<Answer>,
): Promise<Answer> {
  return new Promise((resolve, reject) => {
    const fields: Record<string, string> = {};
    let problem: Problem | null = null;
    let taken: Promise<Answer> | null = null;
    let current: BusboyFileStream | null = null;
    const begin = (sent: Sent) => {
      if (!isTrusted(req, fields)) problem ??= { status: 403, detail: words.oldForm };
      if (problem || taken) return void sent.stream.resume();
      taken = take(sent, fields).finally(() => sent.stream.unpipe().resume()); // what nobody reads would stop the form
      taken.catch(() => {}); // told when the form has been read
    };
    const form = formOf(req);
    if (form === null) return reject(new Refusal({ status: 400, detail: words.unreadable }));
    form.on('field', (name, value, _cutName, cutValue) => {
      if (cutValue) problem ??= { status: 413, detail: words.tooLong };
      else if (name !== 'text') fields[name] = value;
      else if (value.trim() !== '') begin(typed(value));
    });
    form.on('file', (_name, stream, fileName, _encoding, type) => {
      stream.on('error', () => {}); // whoever reads it is told
      current = stream;
      if (fileName) begin({ stream, fileName, type });
      else stream.resume(); // a field for files that nobody filled in
    });
    const end = () => {
      if (!problem && taken) taken.then(resolve, reject);
      else reject(new Refusal(problem ?? { status: 422, detail: words.nothing }));
    };
    form.once('finish', end).on('error', () => {
      problem ??= { status: 400, detail: words.unreadable };
      req.unpipe(form).resume();
      end();
    });
    req.once('close', () => {
      if (!req.complete) current?.destroy(new Error('the upload broke off'));
    });
    req.pipe(form);
  });
}

function typed(text: string): Sent {
  return { stream: Readable.from([Buffer.from(text)]), fileName: null, type: 'text/plain' };
}

function isTrusted(req: Request, { csrf }: Fields): boolean {
  req.body = { csrf };
  return isSameForm(req);
}

function formOf(req: Request): BusboyInstance | null {
  try {
    return new Busboy({ headers: { ...req.headers, 'content-type': req.get('content-type') ?? '' }, limits: LIMITS });
  } catch {
    return null;
  }
}
