import { lookup as resolve } from 'node:dns';
import { request as httpRequest } from 'node:http';
import { request as httpsRequest } from 'node:https';
import { BlockList, isIP, type LookupFunction } from 'node:net';

const TIMEOUT_MS = 10_000;

/** Loopback, link-local and unspecified addresses: length of the prefix. */
const LOCAL_V4 = [
  ['127.0.0.0', 8],
  ['169.254.0.0', 16],
  ['0.0.0.0', 8],
  // Cloud metadata services at other addresses: Alibaba, Azure, Oracle.
  ['100.100.100.200', 32],
  ['168.63.129.16', 32],
  ['192.0.0.192', 32],
] as const;
const LOCAL_V6 = [
  ['::1', 128],
  ['::', 128],
  ['fe80::', 10],
  // Metadata services of Amazon and Google.
  ['fd00:ec2::254', 128],
  ['fd20:ce::254', 128],
] as const;
/** IPv6 addresses that lead to an IPv4 one, in their last 32 bits: mapped, and by NAT64. */
const WRAPPED = ['::ffff:', '64:ff9b::'] as const;
const LOCAL = new BlockList();
for (const [address, prefix] of LOCAL_V4) {
  LOCAL.addSubnet(address, prefix, 'ipv4');
  for (const before of WRAPPED) LOCAL.addSubnet(before + address, 96 + prefix, 'ipv6');
}
for (const [address, prefix] of LOCAL_V6) LOCAL.addSubnet(address, prefix, 'ipv6');

export function isLocalAddress(address: string): boolean {
  return LOCAL.check(address, isIP(address) === 6 ? 'ipv6' : 'ipv4');
}

/** Resolves names as the system does, and refuses local addresses at connection time, because DNS may change. */
const lookupRemote: LookupFunction = (host, options, done) => {
  resolve(host, { ...options, all: true }, (error, addresses) => {
    if (error) return done(error, '', 4);
    const local = addresses.find(({ address }) => isLocalAddress(address));
    if (local) return done(new Error(localMessage(`${host} (${local.address})`)), '', 4);
    if (options.all) return done(null, addresses);
    return done(null, addresses[0].address, addresses[0].family);
  });
};

const localMessage = (host: string) => `${host} is a loopback or link-local address: set allowLocal to use it`;

/** Responses are short; anything beyond this is discarded. */
const MAX_ANSWER_BYTES = 256 * 1024;

export interface Exchange {
  method: 'GET' | 'POST' | 'PUT';
  url: string;
  headers: Record<string, string>;
  /** JSON body; absent for none. */
  body?: string;
  /** Whether loopback and link-local addresses may be reached. */
  allowLocal: boolean;
}

/**
 * Sends a request to an external system and returns up to 256 KB of its response. Follows no redirects.
 * @throws Error without a response in ten seconds, or on a status other than 2xx.
 */
export function exchangeJson({ method, url, headers, body, allowLocal }: Exchange): Promise<string> {
  const { protocol, hostname } = new URL(url);
  const bare = hostname.replace(/^\[|\]$/g, '');
  if (!allowLocal && isIP(bare) !== 0 && isLocalAddress(bare)) return Promise.reject(new Error(localMessage(bare)));
  const content =
    body === undefined ? {} : { 'content-type': 'application/json', 'content-length': Buffer.byteLength(body) };
  return new Promise((done, fail) => {
    const request = (protocol === 'https:' ? httpsRequest : httpRequest)(
      url,
      {
        method,
        headers: { ...content, ...headers },
        // Covers the complete exchange: a receiver that trickles bytes counts as failed.
        signal: AbortSignal.timeout(TIMEOUT_MS),
        ...(allowLocal ? {} : { lookup: lookupRemote }),
      },
      (answer) => {
        const { statusCode = 0 } = answer;
        const parts: Buffer[] = [];
        let bytes = 0;
        answer.on('error', fail);
        answer.on('data', (part: Buffer) => {
          bytes += part.length;
          // The request was delivered, however long the response is.
          if (bytes <= MAX_ANSWER_BYTES) parts.push(part);
        });
        answer.on('end', () => {
          if (statusCode >= 200 && statusCode < 300) done(Buffer.concat(parts).toString());
          else fail(new Error(`the receiver responded with ${statusCode}`));
        });
      },
    );
    request.on('error', fail);
    request.end(body);
  });
}
