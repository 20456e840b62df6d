import { join } from 'node:path';
import type { AgentEvent, RouterSpec } from '@isola/agent-protocol';
import { IsolaError } from '@isola/model';
import { PinnedHostKey, pinnedKeyFile } from './host-key.ts';
import { clientKeyOf } from './identity.ts';
import { RouterLink } from './link.ts';

/** The control links of the routers that run on this host. */
export class RouterLinks {
  readonly #links = new Map<string, RouterLink>();
  readonly #privateKey: string;
  readonly #emit: (event: AgentEvent) => void;

  /** `privateKey` opens the routers that have no key of their own. */
  constructor(privateKey: string, emit: (event: AgentEvent) => void) {
    this.#privateKey = privateKey;
    this.#emit = emit;
  }

  /** Keeps a link to the router from now on. `folder` has the keys of the two. */
  async open(spec: RouterSpec, folder: string): Promise<void> {
    if (this.#links.has(spec.id)) return;
    const hostKey = await PinnedHostKey.read(join(folder, pinnedKeyFile));
    const privateKey = (await clientKeyOf(folder)) ?? this.#privateKey;
    if (this.#links.has(spec.id)) return;
    const routerId = spec.id;
    const link = new RouterLink({
      routerId,
      target: { address: spec.controlAddress, privateKey, hostKey },
      onUp: report =>
        this.#emit({ kind: 'router-link', routerId, reachable: true, reason: '', report }),
      onDown: reason =>
        this.#emit({ kind: 'router-link', routerId, reachable: false, reason, report: null }),
      onEvent: ({ drift, report }) => this.#emit({ kind: 'router-drift', routerId, drift, report }),
    });
    this.#links.set(routerId, link);
  }

  /** The link of a router that should run. Throws `resource_unavailable` for any other. */
  of(routerId: string): RouterLink {
    const link = this.#links.get(routerId);
    if (link === undefined)
      throw new IsolaError('resource_unavailable', { reason: `Router ${routerId} does not run` });
    return link;
  }

  reachable(routerId: string): boolean {
    return this.#links.get(routerId)?.reachable ?? false;
  }

  close(routerId: string): void {
    this.#links.get(routerId)?.close();
    this.#links.delete(routerId);
  }

  closeAll(): void {
    for (const link of this.#links.values()) link.close();
    this.#links.clear();
  }
}
