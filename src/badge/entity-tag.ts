import { createHash } from 'node:crypto';
import type { Request, Response } from 'express';

/**
 * Gives the answer its ETag and says whether the client has it already (RFC 9110 §13.1.2). Not by Express: programs that ask
 * with If-None-Match often send Cache-Control: no-cache along, which it takes for a wish to have all again.
 */
export function isUnchanged(req: Request, res: Response, text: string): boolean {
  const tag = `"${createHash('sha256').update(text).digest('base64url').slice(0, 22)}"`;
  res.set('ETag', tag);
  const known = (req.get('If-None-Match') ?? '').split(',').map((one) => one.trim().replace(/^W\//, ''));
  return known.includes(tag) || known.includes('*');
}
