import type { AgentOptions } from '@isola/agent';
import type { AgentEvent, HostAgent } from '@isola/agent-protocol';

/** What the driver is started with. */
export type DriverOptions = Omit<AgentOptions, 'logger'>;

/** The host's own functions and every command of the agent. */
export type DriverMethod = 'prepare' | 'teardown' | 'open' | Exclude<keyof HostAgent, 'onEvent'>;

export interface DriverRequest {
  readonly id: number;
  readonly method: DriverMethod;
  readonly args: readonly unknown[];
}

export type DriverMessage =
  | { readonly id: number; readonly result: unknown }
  | { readonly id: number; readonly error: { readonly code: string; readonly message: string } }
  | { readonly event: AgentEvent; readonly at: number };
