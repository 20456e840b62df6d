export {
  type HostArguments,
  type HostCall,
  type HostCommand,
  type HostResult,
  hostAgent,
} from './commands.ts';
export type { AgentEvent, HostAgent } from './host-agent.ts';
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
