import { Busboy, type BusboyHeaders } from '@fastify/busboy';
import type { Request, RequestHandler } from 'express';

/** What a form with a file may have: a configuration is text of some kilobytes. */
const MOST_BYTES = 256_000;
const MOST_FIELDS = 10;

/**
 * Reads a form with a small file of text as if all of it were fields, before anything looks at them. A file that nobody
 * chose is an empty field.
 */
export const smallUpload: RequestHandler = async (req, _res, next) => {
  if (req.method !== 'POST' || !/^multipart\/form-data *;/i.test(req.get('content-type') ?? '')) return next();
  req.body = await fieldsOfForm(req);
  next();
};

function fieldsOfForm(req: Request): Promise<Record<string, string>> {
  return new Promise((resolve, reject) => {
    const fields: Record<string, string> = Object.create(null);
    const fail = (status: number) => reject(Object.assign(new Error('a form that is not taken'), { status }));
    const limits = { fileSize: MOST_BYTES, fieldSize: MOST_BYTES, fields: MOST_FIELDS, files: 1 };
    const form = new Busboy({ headers: req.headers as BusboyHeaders, limits });
    form.on('field', (name, value, _nameCut, valueCut) => {
      if (valueCut) fail(413);
      fields[name] = value;
    });
    form.on('file', (name, stream) => {
      const chunks: Buffer[] = [];
      stream.on('data', (chunk: Buffer) => chunks.push(chunk));
      stream.once('limit', () => fail(413));
      stream.once('end', () => {
        fields[name] = Buffer.concat(chunks).toString();
      });
    });
    form.once('finish', () => resolve(fields));
    form.once('error', () => fail(400));
    req.once('close', () => {
      if (!req.complete) fail(400); // it broke off
    });
    req.pipe(form);
  });
}
