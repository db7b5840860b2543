import type { Transform } from 'node:stream';
import { Busboy } from '@fastify/busboy';
import type { Request } from 'express';
import { Fault } from '../errors.ts';

/** A form has its file and nothing else: what is to be done with it stands in the query. */
const LIMITS = { files: 1, fields: 0, headerPairs: 20, headerSize: 16_384 };
const MEND = 'send the file as the part "file", and nothing beside it';

/** True for a file that comes as a form does, as `curl -F` and browsers send it. */
export function isForm(req: Request): boolean {
  return /^multipart\/form-data *(;|$)/i.test(req.get('content-type') ?? '');
}

/**
 * Passes the part `file` of a form on into `body` as it comes, and says what the file is called. `body` ends when the form
 * has: a form that is cut off behind its file is not believed. What is wrong with the form is thrown, and so is it by `body`.
 */
export function fileOfForm(req: Request, body: Transform): Promise<string | null> {
  return new Promise((resolve, reject) => {
    let begun = false;
    const refuse = (words: string) => {
      const fault = new Fault('roster_unreadable', `${words}: ${MEND}`);
      body.destroy(fault);
      reject(fault);
    };
    const form = formOf(req);
    if (form === null) return refuse('the form does not say what divides its parts (boundary)');
    form.on('file', (_part, stream, fileName) => {
      begun = true;
      stream.on('error', () => {}); // the form says the same
      stream.pipe(body, { end: false });
      resolve(fileName ? fileName.slice(0, 200) : null);
    });
    form.on('fieldsLimit', () => refuse('the form has other parts than its file'));
    form.on('filesLimit', () => refuse('the form has several files'));
    form.on('error', () => refuse('the form is damaged or cut off'));
    form.once('finish', () => (begun ? body.end() : refuse('the form has no file')));
    body.once('close', () => req.unpipe(form));
    req.pipe(form);
  });
}

function formOf(req: Request) {
  const headers = { ...req.headers, 'content-type': req.get('content-type') ?? '' };
  try {
    return new Busboy({ headers, limits: LIMITS, isPartAFile: (name) => name === 'file' });
  } catch {
    return null;
  }
}
