import { IsolaError } from '@isola/model';
import type { Call } from '../../http/call.ts';

/** What every network has unless the root administrator chooses otherwise, in bytes. */
const usual = 1500;

interface Mtus {
  readonly publicmtu?: number;
  readonly privatemtu?: number;
}

/**
 * Refuses (531) MTUs that somebody else than the root administrator chooses: routers share the public segment. Interfaces send
 * the usual value with every network: nobody needs a right for it.
 */
export function requireMtus(call: Call, { publicmtu, privatemtu }: Mtus): void {
  if (call.caller.account.role === 'Root Admin') return;
  if ((publicmtu ?? usual) === usual && (privatemtu ?? usual) === usual) return;
  throw new IsolaError('not_permitted', {
    reason: 'Only the root administrator may choose the MTU of a network',
  });
}
