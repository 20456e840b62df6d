import type { RouterSpec } from '@isola/agent-protocol';
import { IsolaError, type RouterConfig } from '@isola/model';
import type { SshKeyPair } from '../../routers/key-pair.ts';
import type { TemplateCache } from '../../templates/template-cache.ts';
import type { Machines } from './machines.ts';
import type { Virsh } from './virsh.ts';

export interface RouterMachineParts {
  readonly virsh: Virsh;
  readonly machines: Machines;
  readonly templates: TemplateCache;
  readonly keyPair: SshKeyPair;
  readonly accelerated: boolean;
}

/** Routers as virtual machines: how one is made of the system template, and how it starts. */
export class RouterMachines {
  readonly #parts: RouterMachineParts;

  constructor(parts: RouterMachineParts) {
    this.#parts = parts;
  }

  /** Makes or renews what the router starts from. */
  prepare(_spec: RouterSpec, _boot: RouterConfig): Promise<void> {
    return Promise.reject(
      new IsolaError('resource_unavailable', { reason: 'The host starts no routers yet' }),
    );
  }

  /** Starts a prepared router, whose ports exist. Leaves nothing running when it throws. */
  start(id: string): Promise<void> {
    return this.#parts.machines.start(id);
  }
}
