import * as z from 'zod';
import { diagnosticFileSchema, diagnosticOutcomeSchema, diagnosticSchema } from './diagnostics.ts';
import { routerConfigSchema, routerDeltaSchema } from './types.ts';

/**
 * What the agent and `isola-router` say to each other: JSON, one message a line, over a Unix socket inside the
 * router that the agent reaches through ssh on the control link. A request carries an `id`; its answer the same
 * one; events carry none.
 */

/** Path of the socket inside the router. */
export const routerSocketPath = '/run/isola-router.sock';
/** ssh of the router, on its control address. */
export const routerSshPort = 3922;
/** `/health` and `/metrics`, on the control address. */
export const routerHealthPort = 8080;
/** Boot data: the first `RouterConfig`, laid into the file system (or injected) before the router starts. */
export const routerBootConfigPath = '/etc/cloudstack/router.json';

export const routerRequestSchema = z.discriminatedUnion('method', [
  z.strictObject({ id: z.number().int(), method: z.literal('apply'), config: routerConfigSchema }),
  z.strictObject({
    id: z.number().int(),
    method: z.literal('applyDelta'),
    delta: routerDeltaSchema,
  }),
  /** Reads everything back, repairs what differs, answers with the report. */
  z.strictObject({ id: z.number().int(), method: z.literal('resync') }),
  z.strictObject({ id: z.number().int(), method: z.literal('report') }),
  z.strictObject({ id: z.number().int(), method: z.literal('healthChecks') }),
  /** These two take their time: what is asked after them is answered meanwhile. */
  z.strictObject({
    id: z.number().int(),
    method: z.literal('diagnose'),
    diagnostic: diagnosticSchema,
  }),
  z.strictObject({
    id: z.number().int(),
    method: z.literal('collect'),
    files: z.array(diagnosticFileSchema).max(100),
  }),
]);
export type RouterRequest = z.infer<typeof routerRequestSchema>;

/** Work done since the router program started; tests assert on differences of these. */
export const routerCountersSchema = z.strictObject({
  applies: z.number(),
  fullCompiles: z.number(),
  elementsWritten: z.number(),
  chainsRebuilt: z.number(),
  filesWritten: z.number(),
  daemonsReloaded: z.number(),
  daemonsRestarted: z.number(),
  flowsCut: z.number(),
  driftsRepaired: z.number(),
});
export type RouterCounters = z.infer<typeof routerCountersSchema>;

export const driftSchema = z.strictObject({
  at: z.string(),
  /** `nftables`, a file's path, or a daemon's name. */
  subject: z.string(),
  detail: z.string(),
  repaired: z.boolean(),
});
export type Drift = z.infer<typeof driftSchema>;

/** Bytes of the public NIC since it was made. `epoch` names that time: within one the numbers never fall. */
export const routerTrafficSchema = z.strictObject({
  epoch: z.string().min(1).max(100),
  sent: z.number().int().nonnegative(),
  received: z.number().int().nonnegative(),
});
export type RouterTraffic = z.infer<typeof routerTrafficSchema>;

export const routerReportSchema = z.strictObject({
  /** Generation installed; -1 before the first apply. */
  generation: z.number().int(),
  /** Fingerprint of what is really installed: equals the config's when kernel and files match it. */
  fingerprint: z.string(),
  counters: routerCountersSchema,
  /** Absent while there is no public NIC. */
  traffic: routerTrafficSchema.optional(),
});
export type RouterReport = z.infer<typeof routerReportSchema>;

export const healthCheckSchema = z.strictObject({
  /** CloudStack's names where it has one: `dns_check`, `dhcp_check`, `iptables_check`, `memory_usage_check`... */
  name: z.string(),
  type: z.enum(['basic', 'advanced']),
  success: z.boolean(),
  at: z.string(),
  detail: z.string(),
  /** What settings of the server may judge: MiB free of the disk, percent in use of processors and memory. */
  measure: z.number().optional(),
});
export type HealthCheck = z.infer<typeof healthCheckSchema>;

export const routerAnswerSchema = z.union([
  z.strictObject({ id: z.number().int(), report: routerReportSchema }),
  z.strictObject({ id: z.number().int(), checks: z.array(healthCheckSchema) }),
  z.strictObject({ id: z.number().int(), outcome: diagnosticOutcomeSchema }),
  /** A tar file compressed with gzip, in base64. */
  z.strictObject({ id: z.number().int(), archive: z.string() }),
  /** `wrong_base`: a delta did not fit the installed generation; send the whole configuration. */
  z.strictObject({
    id: z.number().int(),
    error: z.strictObject({
      code: z.enum(['wrong_base', 'refused', 'failed']),
      message: z.string(),
    }),
  }),
]);
export type RouterAnswer = z.infer<typeof routerAnswerSchema>;

export const routerEventSchema = z.strictObject({
  event: z.literal('drift'),
  drift: driftSchema,
  report: routerReportSchema,
});
export type RouterEvent = z.infer<typeof routerEventSchema>;
