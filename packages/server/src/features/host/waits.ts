import type { Waits } from '../../http/call.ts';
import { hostGeneration } from './generation.ts';

/** What a job about a host waits for. */
export function hostWaits(id: string): Waits {
  return { kind: 'host', id, generation: hostGeneration };
}
