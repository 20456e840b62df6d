import { createPrivateKey, sign, X509Certificate } from 'node:crypto';
import { request } from 'node:https';
import { connect, type DetailedPeerCertificate } from 'node:tls';
import { IsolaError } from '@isola/model';
import { type HostFacts } from '../specs.ts';
import {
  decodeJoinToken,
  type JoinRequest,
  joinAnswerSchema,
  joinPath,
  joinProof,
} from '../wire/join.ts';
import { protocolVersion } from '../wire/messages.ts';
import { fingerprintOf, type Identity, makeKey, messageOf } from './identity.ts';

const timeoutMs = 30_000;
const longestAnswer = 64 * 1024;

export interface Joined {
  readonly hostId: string;
  readonly identity: Identity;
}

/**
 * Joins a server by a token: learns its authority, of which the token has the fingerprint, before anything is said, and
 * gets a certificate for a new key. Throws `resource_unavailable` or `refused_value` with the server's reason.
 */
export async function joinServer(
  serverUrl: string,
  tokenText: string,
  facts: HostFacts,
): Promise<Joined> {
  const token = decodeJoinToken(tokenText);
  const authority = await authorityOf(new URL(serverUrl), token.authority);
  const { privateKey, publicKey } = makeKey();
  const proof = sign('sha256', Buffer.from(joinProof(token.id)), createPrivateKey(privateKey));
  const body: JoinRequest = {
    protocol: protocolVersion,
    tokenId: token.id,
    secret: token.secret,
    publicKey,
    proof: proof.toString('base64'),
    facts,
  };
  const text = await post(new URL(joinPath, serverUrl), authority, JSON.stringify(body));
  const answer = joinAnswerSchema.parse(JSON.parse(text));
  if ('error' in answer) throw new IsolaError('refused_value', { reason: answer.error });
  return {
    hostId: answer.hostId,
    identity: { authority, certificate: answer.certificate, privateKey },
  };
}

/** The certificate, among those that the server shows, that has the fingerprint. Nothing is said to the server. */
export function authorityOf(url: URL, fingerprint: string): Promise<string> {
  return new Promise((resolve, reject) => {
    const fail = (reason: string): void => {
      socket.destroy();
      reject(unreachable(url, reason));
    };
    const socket = connect({
      host: url.hostname.replace(/^\[|\]$/g, ''),
      port: Number(url.port || 443),
      // Only the next connection, which trusts what is found here, says anything.
      rejectUnauthorized: false,
      timeout: timeoutMs,
    });
    socket.on('error', error => fail(error.message));
    socket.on('timeout', () => fail('it does not answer'));
    socket.on('secureConnect', () => {
      const found = chainOf(socket.getPeerCertificate(true)).find(
        each => fingerprintOf(each) === fingerprint,
      );
      if (found === undefined) return fail('it is not the server that the join token is of');
      socket.end();
      resolve(new X509Certificate(found).toString());
    });
  });
}

function chainOf(leaf: DetailedPeerCertificate): readonly Buffer[] {
  const chain: Buffer[] = [];
  let each: DetailedPeerCertificate | undefined = leaf;
  // The last one is its own issuer.
  while (each?.raw !== undefined && !chain.some(known => known.equals(each?.raw ?? known))) {
    chain.push(each.raw);
    each = each.issuerCertificate;
  }
  return chain;
}

function post(url: URL, authority: string, body: string): Promise<string> {
  return new Promise((resolve, reject) => {
    const call = request(
      url,
      {
        method: 'POST',
        ca: authority,
        minVersion: 'TLSv1.3',
        timeout: timeoutMs,
        headers: { 'content-type': 'application/json', 'content-length': Buffer.byteLength(body) },
      },
      response => {
        let text = '';
        response.setEncoding('utf8');
        response.on('data', (chunk: string) => {
          text += chunk;
          if (text.length > longestAnswer) response.destroy(new Error('its answer has no end'));
        });
        response.on('end', () => resolve(text));
        response.on('error', error => reject(unreachable(url, error.message)));
      },
    );
    call.on('timeout', () => call.destroy(new Error('it does not answer')));
    call.on('error', error => reject(unreachable(url, messageOf(error))));
    call.end(body);
  });
}

export function unreachable(url: URL, reason: string): IsolaError {
  return new IsolaError('resource_unavailable', {
    reason: `the server at ${url.host} cannot be joined: ${reason}`,
  });
}
