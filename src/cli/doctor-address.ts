import { type Finding, fine, note, wrong } from './doctor-finding.ts';

const CHECK = 'base URL';
const LOOPBACK = /^(localhost|127\.\d+\.\d+\.\d+|\[::1\])$/;
const ENDPOINTS = /\/(users|groups|schemas|resourcetypes|serviceproviderconfig|bulk)\/?$/i;

/**
 * Whether an address is what an identity provider wants as its SCIM base URL. `given` is one that the operator named;
 * without it the address is our own guess, which nobody has pasted anywhere.
 */
export function judgeAddress(text: string, given: boolean): Finding {
  const fault = faultOf(text);
  if (fault) return wrong(CHECK, `base URL ${text}: ${fault}`);
  if (!given) return note(CHECK, `tried at ${text}; to check the address that was pasted, add --scim ADDRESS`);
  const { protocol, hostname } = new URL(text);
  if (LOOPBACK.test(hostname)) {
    return note(
      CHECK,
      `base URL ${text} is well formed, but only this machine reaches it: a cloud service needs your name`,
    );
  }
  if (protocol === 'http:')
    return wrong(CHECK, `base URL ${text} is not encrypted: put a proxy with TLS in front, use https`);
  return fine(CHECK, `base URL ${text} is well formed`);
}

function faultOf(text: string): string | null {
  if (text !== text.trim()) return 'there is a blank before or after it: paste it without';
  if (!URL.canParse(text)) return 'this is no address: it looks like https://gangway.example.com/scim/v2';
  const { pathname } = new URL(text);
  if (ENDPOINTS.test(pathname)) return 'it names one endpoint: leave out what follows /scim/v2';
  if (/\/v2\/v2\/?$/i.test(pathname)) return 'it ends in /v2 twice: leave one out';
  if (pathname === '/scim/v2/') return 'it ends in a slash: leave that out';
  if (pathname !== '/scim/v2') return `its path is ${pathname}: it has to be /scim/v2`;
  return null;
}
