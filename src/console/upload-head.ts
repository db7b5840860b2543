import { Busboy } from '@fastify/busboy';
import type { Request, RequestHandler } from 'express';

/** The begin of a file that somebody uploads: enough for its columns and first rows. */
export type Head = { bytes: Buffer; whole: boolean };

const HEAD_BYTES = 256 * 1024;
const FORM = /^multipart\/form-data\b/i;

declare module 'express-serve-static-core' {
  interface Request {
    /** The file of a form that may carry one. */
    head?: Head | null;
  }
}

/**
 * Reads a form that carries a file: its fields as those of any form, of the file the begin alone. The rest is read and
 * dropped, so that the answer reaches the browser.
 */
export const readHead: RequestHandler = (req, _res, next) => {
  if (!FORM.test(req.headers['content-type'] ?? '')) return next();
  let answered = false;
  const goOn = (problem?: Error) => {
    if (answered) return; // a form that breaks off says so more than once
    answered = true;
    next(problem);
  };
  const form = formOf(req);
  if (!form) return goOn(unreadable());
  const fields: Record<string, string> = {};
  form.on('field', (name, value) => {
    fields[name] = value;
  });
  form.on('file', (_name, stream, fileName) => {
    const chunks: Buffer[] = [];
    stream.on('data', (chunk: Buffer) => chunks.push(chunk));
    stream.on('error', () => goOn(unreadable()));
    stream.on('end', () => {
      req.head = fileName ? { bytes: Buffer.concat(chunks), whole: !stream.truncated } : null;
    });
  });
  form.on('error', () => goOn(unreadable()));
  form.once('finish', () => {
    req.body = fields;
    goOn();
  });
  req.pipe(form);
};

/** Null for a form that does not say where its parts end. */
function formOf({ headers }: Request): InstanceType<typeof Busboy> | null {
  const limits = { fileSize: HEAD_BYTES, files: 1, fields: 50, fieldSize: HEAD_BYTES, parts: 60 };
  try {
    return new Busboy({ headers: { ...headers, 'content-type': headers['content-type'] ?? '' }, limits });
  } catch {
    return null;
  }
}

function unreadable(): Error {
  return Object.assign(new Error('the form cannot be read'), { status: 400 });
}
