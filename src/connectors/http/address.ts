import { lookup as resolve } from 'node:dns';
import { BlockList, isIP, type LookupFunction } from 'node:net';
import { Fault } from '../../errors.ts';

/** Which addresses a request may go to: any but those that nothing of use answers at, only public ones, only this machine. */
export type Reach = 'any' | 'public' | 'loopback';

type Range = readonly [network: string, prefix: number];

/** Nowhere, this link, many at once; and where clouds answer a machine's questions about itself, secrets among them. */
const NEVER: readonly Range[] = [
  ...([
    ['0.0.0.0', 8],
    ['169.254.0.0', 16],
    ['224.0.0.0', 4],
    ['240.0.0.0', 4],
  ] as const),
  ...([
    ['100.100.100.200', 32],
    ['168.63.129.16', 32],
    ['192.0.0.192', 32],
  ] as const),
];
const NEVER_6: readonly Range[] = [
  ...([
    ['::', 128],
    ['fe80::', 10],
    ['ff00::', 8],
    ['fd00:ec2::254', 128],
    ['fd20:ce::254', 128],
  ] as const),
];
const LOOPBACK: readonly Range[] = [['127.0.0.0', 8]];
const LOOPBACK_6: readonly Range[] = [['::1', 128]];
const INSIDE: readonly Range[] = [
  ...([
    ['10.0.0.0', 8],
    ['172.16.0.0', 12],
    ['192.168.0.0', 16],
    ['100.64.0.0', 10],
    ['198.18.0.0', 15],
  ] as const),
];
const INSIDE_6: readonly Range[] = [
  ['fc00::', 7],
  ['fec0::', 10],
];

const never = listOf(NEVER, NEVER_6);
const loopback = listOf(LOOPBACK, LOOPBACK_6);
const inside = listOf([...INSIDE, ...LOOPBACK], [...INSIDE_6, ...LOOPBACK_6]);

/** Whether a request may go to this IP address. */
export function isReachable(address: string, reach: Reach): boolean {
  const family = isIP(address) === 6 ? 'ipv6' : 'ipv4';
  if (isIP(address) === 0 || never.check(address, family)) return false;
  if (reach === 'loopback') return loopback.check(address, family);
  return reach === 'any' || !inside.check(address, family);
}

/** Throws `config_invalid` for a host that is itself an address out of reach; a name is judged when it is looked up. */
export function demandReachable(host: string, reach: Reach): void {
  const address = host.replace(/^\[|\]$/g, '');
  if (isIP(address) !== 0 && !isReachable(address, reach)) throw outOfReach(address, reach);
}

/**
 * Looks names up for a connection that is about to be made, and refuses those with an address out of reach: what is
 * judged is what is connected to, whatever the name says a moment later.
 */
export function lookupWithin(reach: Reach): LookupFunction {
  return (host, options, done) => {
    resolve(host, { ...options, all: true }, (error, found) => {
      if (error) return done(error, '', 0);
      const wrong = found.find(({ address }) => !isReachable(address, reach));
      const [first] = found;
      if (wrong || !first) return done(outOfReach(`${host} (${wrong?.address ?? 'no address'})`, reach), '', 0);
      if (options.all) return done(null, found);
      done(null, first.address, first.family);
    });
  };
}

/** True for the names of this machine: nobody can listen in on the way there. */
export function isLoopbackName(host: string): boolean {
  return (
    host === 'localhost' ||
    (isIP(host.replace(/^\[|\]$/g, '')) !== 0 && isReachable(host.replace(/^\[|\]$/g, ''), 'loopback'))
  );
}

function outOfReach(what: string, reach: Reach): Fault {
  const why = {
    any: 'nothing but this machine or its cloud answers there',
    public: 'a redirect may lead to public addresses alone',
    loopback: 'without TLS only this machine may be asked',
  }[reach];
  return new Fault('config_invalid', `the address ${what} is refused: ${why}`);
}

/** IPv4 addresses count in the forms that IPv6 has for them, too: mapped, NAT64 (RFC 6052) and 6to4 (RFC 3056). */
function listOf(four: readonly Range[], six: readonly Range[]): BlockList {
  const list = new BlockList();
  for (const [network, prefix] of four) {
    list.addSubnet(network, prefix, 'ipv4');
    const [a = 0, b = 0, c = 0, d = 0] = network.split('.').map(Number);
    const [high, low] = [(a * 256 + b).toString(16), (c * 256 + d).toString(16)];
    list.addSubnet(`64:ff9b::${high}:${low}`, 96 + prefix, 'ipv6');
    list.addSubnet(`2002:${high}:${low}::`, 16 + prefix, 'ipv6');
  }
  for (const [network, prefix] of six) list.addSubnet(network, prefix, 'ipv6');
  return list;
}
