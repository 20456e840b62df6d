import {
  diagnosticFileSchema,
  diagnosticOutcomeSchema,
  diagnosticSchema,
  driftSchema,
  healthCheckSchema,
  routerConfigSchema,
  routerDeltaSchema,
  routerReportSchema,
} from '@isola/model';
import * as z from 'zod';
import type { HostArguments, HostCommand, HostResult } from '../commands.ts';
import type { AgentEvent } from '../host-agent.ts';
import type {
  GuestSpec,
  HostFacts,
  HostLoad,
  Inventory,
  MigrationTarget,
  RouterSpec,
  SegmentRef,
  SegmentSpec,
  TemplateRef,
  TemplateSpec,
} from '../specs.ts';

/** Each end checks what the other sends: an agent may be hostile, a server may be of another version. */

const id = z.string().min(1).max(64);
const text = z.string().max(4096);
const count = z.number().int().nonnegative();

// References may come with the rest of what they refer to.
const segmentRef = z.object({
  isolation: z.enum(['VLAN', 'VXLAN']),
  id: count,
}) satisfies z.ZodType<SegmentRef>;
const segmentSpec = z.strictObject({
  ...segmentRef.shape,
  label: text.nullable(),
  mtu: count,
  peers: z.array(text),
}) satisfies z.ZodType<SegmentSpec>;

const templateRef = z.object({
  name: text,
  checksum: text,
}) satisfies z.ZodType<TemplateRef>;
const templateSpec = z.strictObject({
  ...templateRef.shape,
  id,
  format: z.enum(['QCOW2', 'RAW', 'TAR', 'ROOTFS']),
  sizeBytes: count,
}) satisfies z.ZodType<TemplateSpec>;

const nic = z.strictObject({
  device: text,
  mac: text,
  network: z.discriminatedUnion('kind', [
    z.strictObject({ kind: z.literal('control') }),
    z.strictObject({ kind: z.literal('public') }),
    z.strictObject({ kind: z.literal('guest'), segment: segmentRef }),
  ]),
  pinnedAddresses: z.union([z.array(text), z.literal('any'), z.null()]),
  mtu: count,
  rate: count.nullable(),
});
const limits = z.strictObject({ memoryMiB: count, cpuPercent: count });
const routerSpec = z.strictObject({
  id,
  name: text,
  controlAddress: text,
  template: templateRef,
  nics: z.array(nic),
  limits,
}) satisfies z.ZodType<RouterSpec>;
const guestSpec = z.strictObject({
  id,
  name: text,
  hostname: text,
  template: templateRef,
  highlyAvailable: z.boolean(),
  sshPublicKeys: z.array(z.string()),
  nics: z.array(nic),
  limits,
}) satisfies z.ZodType<GuestSpec>;

const migrationTarget = z.strictObject({
  address: text,
  port: z.int(),
  key: text,
  copyDisk: z.boolean(),
}) satisfies z.ZodType<MigrationTarget>;

export const hostFactsSchema: z.ZodType<HostFacts> = z.strictObject({
  name: z.string().min(1).max(255),
  hypervisor: z.enum(['LXC', 'KVM']),
  hypervisorVersion: text,
  accelerated: z.boolean(),
  agentVersion: text,
  cpuCores: count,
  cpuMHz: z.number().nonnegative(),
  memoryBytes: count,
  kernel: text,
  controlGateway: text,
  underlay: z.strictObject({ address: z.ipv4(), mtu: count }).nullable(),
  guestMtu: count.nullable(),
  reachesPublic: z.boolean(),
  sharedStorage: text.nullable(),
  images: z
    .strictObject({
      router: templateRef,
      templates: z.array(z.strictObject({ ...templateRef.shape, sizeBytes: count, osType: text })),
    })
    .nullable(),
});

const hostLoad = z.strictObject({
  cpuPercent: z.number().nonnegative(),
  memoryUsedBytes: count,
  disk: z.strictObject({ totalBytes: count, freeBytes: count }),
  nics: z.array(
    z.strictObject({ instanceId: id, device: text, receivedBytes: count, sentBytes: count }),
  ),
}) satisfies z.ZodType<HostLoad>;

const inventory = z.strictObject({
  segments: z.array(segmentRef),
  templates: z.array(text),
  routers: z.array(z.strictObject({ id, running: z.boolean(), reachable: z.boolean() })),
  guests: z.array(z.strictObject({ id, running: z.boolean() })),
}) satisfies z.ZodType<Inventory>;

export const agentEventSchema: z.ZodType<AgentEvent> = z.discriminatedUnion('kind', [
  z.strictObject({
    kind: z.literal('router-drift'),
    routerId: id,
    drift: driftSchema,
    report: routerReportSchema,
  }),
  z.strictObject({
    kind: z.literal('router-link'),
    routerId: id,
    reachable: z.boolean(),
    reason: z.string(),
    report: routerReportSchema.nullable(),
  }),
  z.strictObject({ kind: z.literal('instance-stopped'), id }),
  z.strictObject({ kind: z.literal('load'), load: hostLoad }),
]);

/** JSON has no `undefined`: a command without a result answers `null`. */
const nothing = z.null().transform(() => undefined);

type Schemas = {
  readonly [C in HostCommand]: {
    readonly args: z.ZodType<Readonly<HostArguments<C>>>;
    readonly result: z.ZodType<HostResult<C>>;
  };
};

/** What each command takes and gives; the compiler holds it to `HostAgent`. */
export const commandSchemas: Schemas = {
  facts: { args: z.tuple([]), result: hostFactsSchema },
  inventory: { args: z.tuple([]), result: inventory },
  ensureSegment: { args: z.tuple([segmentSpec]), result: nothing },
  removeSegment: { args: z.tuple([segmentRef]), result: nothing },
  ensureTemplate: { args: z.tuple([templateSpec]), result: nothing },
  removeTemplate: { args: z.tuple([text]), result: nothing },
  startRouter: { args: z.tuple([routerSpec, routerConfigSchema]), result: nothing },
  stopRouter: { args: z.tuple([id]), result: nothing },
  destroyRouter: { args: z.tuple([id]), result: nothing },
  replaceRouter: {
    args: z.tuple([id, routerSpec, routerConfigSchema]),
    result: routerReportSchema,
  },
  applyConfig: { args: z.tuple([id, routerConfigSchema]), result: routerReportSchema },
  applyDelta: { args: z.tuple([id, routerDeltaSchema]), result: routerReportSchema.nullable() },
  resyncRouter: { args: z.tuple([id]), result: routerReportSchema },
  report: { args: z.tuple([id]), result: routerReportSchema },
  healthChecks: { args: z.tuple([id]), result: z.array(healthCheckSchema) },
  diagnose: { args: z.tuple([id, diagnosticSchema]), result: diagnosticOutcomeSchema },
  collectFiles: {
    args: z.tuple([id, z.array(diagnosticFileSchema).max(100)]),
    result: z.base64(),
  },
  startGuest: { args: z.tuple([guestSpec]), result: nothing },
  stopGuest: { args: z.tuple([id, z.boolean()]), result: nothing },
  destroyGuest: { args: z.tuple([id]), result: nothing },
  forgetGuest: { args: z.tuple([id]), result: nothing },
  prepareIncoming: { args: z.tuple([guestSpec]), result: migrationTarget },
  migrateGuest: { args: z.tuple([id, migrationTarget]), result: nothing },
  load: { args: z.tuple([]), result: hostLoad },
  reaches: { args: z.tuple([text]), result: z.boolean() },
  setNeighbours: { args: z.tuple([z.array(text)]), result: nothing },
};

/** The commands' names. */
export const hostCommands = Object.keys(commandSchemas) as readonly HostCommand[];
