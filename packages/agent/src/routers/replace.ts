import type { RouterSpec } from '@isola/agent-protocol';
import type { RouterConfig, RouterReport } from '@isola/model';
import type { Host } from '../host-state.ts';

export interface Replacement {
  readonly previous: string;
  readonly next: RouterSpec;
  readonly boot: RouterConfig;
}
export async function replaceRouter(_host: Host, _replacement: Replacement): Promise<RouterReport> {
  throw new Error('TODO');
}
