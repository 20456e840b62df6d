import { IsolaError } from '@isola/model';
import * as z from 'zod';
import { hostFactsSchema } from './schemas.ts';

/**
 * What lets a host join, once. The agent sends nothing before the server has shown a certificate of the authority whose
 * fingerprint stands here.
 */
export interface JoinToken {
  readonly id: string;
  /** 32 bytes, in hex. */
  readonly secret: string;
  /** SHA-256 of the authority's certificate, in hex. */
  readonly authority: string;
}

const idBytes = 16;
const secretBytes = 32;
const tokenBytes = idBytes + 2 * secretBytes;

/** One word that survives copying. */
export function encodeJoinToken({ id, secret, authority }: JoinToken): string {
  return Buffer.from(id.replaceAll('-', '') + secret + authority, 'hex').toString('base64url');
}

/** Throws `refused_value` for what is no token. */
export function decodeJoinToken(text: string): JoinToken {
  const bytes = Buffer.from(text.trim(), 'base64url');
  if (bytes.length !== tokenBytes || bytes.toString('base64url') !== text.trim())
    throw new IsolaError('refused_value', { reason: 'This is not a join token, or a part of one' });
  const hex = bytes.toString('hex');
  const [a, b, c, d, e] = [
    [0, 8],
    [8, 12],
    [12, 16],
    [16, 20],
    [20, 32],
  ].map(range => hex.slice(...range));
  return {
    id: [a, b, c, d, e].join('-'),
    secret: hex.slice(2 * idBytes, 2 * (idBytes + secretBytes)),
    authority: hex.slice(2 * (idBytes + secretBytes)),
  };
}

/** Where an agent joins: `POST`. */
export const joinPath = '/join';

/** What the agent signs to show that the key it names is its own. */
export function joinProof(tokenId: string): string {
  return `isola join ${tokenId}`;
}

export const joinRequestSchema = z.strictObject({
  protocol: z.number().int(),
  tokenId: z.uuid(),
  secret: z.string().length(2 * secretBytes),
  /** Public key (P-256) of the agent in PEM, and its signature (SHA-256, DER) over `joinProof`, in base64. */
  publicKey: z.string().max(1000),
  proof: z.string().max(1000),
  facts: hostFactsSchema,
});
export type JoinRequest = z.infer<typeof joinRequestSchema>;

export const joinAnswerSchema = z.union([
  z.strictObject({ hostId: z.uuid(), certificate: z.string() }),
  z.strictObject({ error: z.string() }),
]);
export type JoinAnswer = z.infer<typeof joinAnswerSchema>;

/** Where the agent's program is to be had, by anybody: `GET`. */
export const programPath = '/isola-agent.cjs';

/** Where an agent gets the file of a template: `GET`. */
export function templatePath(id: string): string {
  return `/templates/${id}`;
}
