import { Busboy } from '@fastify/busboy';
import type { RequestHandler } from 'express';

/** The begin of a file that somebody uploads: enough for its columns and first rows. */
export type Head = { bytes: Buffer; whole: boolean };

const HEAD_BYTES = 256 * 1024;
const FORM = /^multipart\/form-data *;/i;

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
  const type = req.headers['content-type'] ?? '';
  if (!FORM.test(type)) return next();
  const limits = { fileSize: HEAD_BYTES, files: 1, fields: 50, fieldSize: HEAD_BYTES, parts: 60 };
  const form = new Busboy({ headers: { ...req.headers, 'content-type': type }, limits });
  const fields: Record<string, string> = {};
  form.on('field', (name, value) => {
    fields[name] = value;
  });
  form.on('file', (_name, stream, fileName) => {
    const chunks: Buffer[] = [];
    let whole = true;
    stream.on('limit', () => {
      whole = false;
    });
    stream.on('data', (chunk: Buffer) => chunks.push(chunk));
    stream.on('end', () => {
      req.head = fileName ? { bytes: Buffer.concat(chunks), whole } : null;
    });
  });
  form.once('error', () => next(Object.assign(new Error('the form cannot be read'), { status: 400 })));
  form.once('finish', () => {
    req.body = fields;
    next();
  });
  req.pipe(form);
};
