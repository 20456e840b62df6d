import { type ErrorCode, errorRegistry } from '@isola/model';
import * as z from 'zod';
import type { HostCommand } from '../commands.ts';
import { agentEventSchema, hostCommands, hostFactsSchema } from './schemas.ts';

/**
 * What server and agent say to each other once an agent has dialled in: JSON, one message a line, over TLS with both
 * certificates. The agent says `hello` first. Commands carry a UUID: one that is sent again, because the connection broke
 * before its answer came, takes effect once.
 */

/** Raised when messages change so that the two ends would misunderstand each other. */
export const protocolVersion = 1;

/** HTTP upgrade by which an agent's connection becomes this protocol. */
export const upgradeProtocol = 'isola-agent';
export const agentPath = '/agent';

const commandNames = hostCommands as [HostCommand, ...HostCommand[]];
const errorCodes = Object.keys(errorRegistry) as [ErrorCode, ...ErrorCode[]];

const alive = z.strictObject({ type: z.literal('alive') });

export const fromServerSchema = z.discriminatedUnion('type', [
  alive,
  z.strictObject({ type: z.literal('welcome'), hostId: z.uuid() }),
  z.strictObject({
    type: z.literal('command'),
    id: z.uuid(),
    command: z.enum(commandNames),
    args: z.array(z.unknown()),
  }),
  /** The answers came: nobody will send these commands again. */
  z.strictObject({ type: z.literal('settled'), ids: z.array(z.uuid()) }),
  z.strictObject({ type: z.literal('certificate'), certificate: z.string() }),
]);
export type FromServer = z.infer<typeof fromServerSchema>;

export const fromAgentSchema = z.discriminatedUnion('type', [
  alive,
  z.strictObject({
    type: z.literal('hello'),
    protocol: z.number().int(),
    facts: hostFactsSchema,
  }),
  z.strictObject({ type: z.literal('result'), id: z.uuid(), result: z.unknown() }),
  z.strictObject({
    type: z.literal('error'),
    id: z.uuid(),
    code: z.enum(errorCodes),
    details: z.record(z.string(), z.union([z.string(), z.number()])),
  }),
  z.strictObject({ type: z.literal('event'), event: agentEventSchema }),
  /** Asks for a certificate with a new date, for the same key. */
  z.strictObject({ type: z.literal('renew') }),
  /** The new certificate is stored; the one before it may go. */
  z.strictObject({ type: z.literal('renewed'), fingerprint: z.string() }),
]);
export type FromAgent = z.infer<typeof fromAgentSchema>;
