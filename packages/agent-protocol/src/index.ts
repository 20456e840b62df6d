export {
  type HostArguments,
  type HostCall,
  type HostCommand,
  type HostResult,
  hostAgent,
} from './commands.ts';
export { fingerprintOf, type Identity, makeKey } from './dial/identity.ts';
export { type Joined, joinServer } from './dial/join.ts';
export { downloadProgram } from './dial/program.ts';
export { ServerLink, type ServerLinkOptions } from './dial/server-link.ts';
export { type Standing, standingAt } from './dial/standing.ts';
export { templateDownload } from './dial/template-download.ts';
export type { AgentEvent, HostAgent } from './host-agent.ts';
export type {
  ImageStoreRef,
  ImageStores,
  StoredFile,
  StoreSpace,
} from './image-stores.ts';
export type {
  GuestSpec,
  HostFacts,
  HostLoad,
  HypervisorKind,
  Inventory,
  Limits,
  MigrationTarget,
  NicSpec,
  RouterSpec,
  SegmentRef,
  SegmentSpec,
  TemplateRef,
  TemplateSpec,
} from './specs.ts';
export { type Pace, usualPace, WireConnection } from './wire/connection.ts';
export * from './wire/join.ts';
export { encodeLine, JsonLines } from './wire/json-lines.ts';
export * from './wire/messages.ts';
export { commandSchemas, hostCommands } from './wire/schemas.ts';
