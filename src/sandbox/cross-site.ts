import type { Request } from 'express';

/**
 * Whether another site may be behind this request. The page has no sign-in, so a form anywhere on the web could post to
 * it through a visitor's browser; the browser says where the form was, and a caller that is no browser says nothing.
 *
 *   Sec-Fetch-Site   Origin           cross-site
 *   same-origin      any              no
 *   anything else    any              yes
 *   -                this host        no
 *   -                any other        yes   ("null" too: browsers leave Sec-Fetch-Site out on plain http)
 *   -                -                no
 */
export function isCrossSite(req: Request): boolean {
  const site = req.get('sec-fetch-site');
  if (site !== undefined) return site !== 'same-origin';
  const origin = req.get('origin');
  if (origin === undefined) return false;
  return !URL.canParse(origin) || new URL(origin).host !== req.get('host');
}
