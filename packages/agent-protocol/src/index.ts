export type { AgentEvent, HostAgent } from './host-agent.ts';
export type { GuestSpec, HostFacts, Inventory, Limits, NicSpec, RouterSpec } from './specs.ts';
