import type { NetworkRow, RouterRow } from '../../store/schema.ts';

export type PlannedNetwork = Pick<
  NetworkRow,
  | 'guest_type'
  | 'state'
  | 'desired_state'
  | 'generation'
  | 'applied_generation'
  | 'resync_generation'
  | 'replace_generation'
>;
export type PlannedRouter = Pick<
  RouterRow,
  'id' | 'state' | 'desired_state' | 'replaces' | 'reboot_generation' | 'rebooted_generation'
>;

/** The one thing to do next with a network. `record`: nothing on the host changes, the generation counts as applied. */
export type NetworkStep<R extends PlannedRouter = RouterRow> =
  | { readonly kind: 'rest' | 'implement' | 'shutdown' | 'destroy' | 'record' }
  | { readonly kind: 'replace-router'; readonly router: R | undefined }
  | { readonly kind: 'remove-router' | 'stop-router' | 'start-router'; readonly router: R }
  | { readonly kind: 'resync'; readonly router: R }
  | { readonly kind: 'apply'; readonly router: R };

interface Planned<R extends PlannedRouter> {
  readonly network: PlannedNetwork;
  readonly routers: readonly R[];
  /** NICs are still in a network that is to be destroyed: it serves them until they are gone. */
  readonly occupied: boolean;
}

/** What brings a network nearer to what is asked of it, from what is known of it. Repeated until it says `rest`. */
export function planNetwork<R extends PlannedRouter>({
  network,
  routers,
  occupied,
}: Planned<R>): NetworkStep<R> {
  const behind = network.generation > network.applied_generation;
  switch (network.state) {
    case 'Destroy':
      return { kind: 'destroy' };
    case 'Shutdown':
      return { kind: 'shutdown' };
    case 'Allocated':
      if (network.desired_state === 'Destroyed' && !occupied) return { kind: 'destroy' };
      if (network.desired_state === 'Implemented') return { kind: 'implement' };
      return { kind: behind ? 'record' : 'rest' };
    case 'Implementing':
      return { kind: network.desired_state === 'Implemented' ? 'implement' : 'shutdown' };
    case 'Implemented':
      return network.desired_state === 'Implemented' || occupied
        ? planRouter(network, routers)
        : { kind: 'shutdown' };
  }
}

function planRouter<R extends PlannedRouter>(
  network: PlannedNetwork,
  routers: readonly R[],
): NetworkStep<R> {
  const behind = network.generation > network.applied_generation;
  // A segment without a router.
  if (network.guest_type === 'L2') return { kind: behind ? 'record' : 'rest' };
  const doomed = routers.find(router => router.desired_state === 'Destroyed');
  if (doomed !== undefined) return { kind: 'remove-router', router: doomed };
  const router = currentRouter(routers);
  if (network.replace_generation > network.applied_generation)
    return { kind: 'replace-router', router };
  const compared = network.resync_generation > network.applied_generation;
  if (router === undefined && compared) return { kind: 'replace-router', router };
  if (router === undefined) return { kind: behind ? 'record' : 'rest' };
  if (router.desired_state === 'Stopped') {
    if (router.state !== 'Stopped') return { kind: 'stop-router', router };
    return { kind: behind ? 'record' : 'rest' };
  }
  if (router.state !== 'Running' || router.reboot_generation > router.rebooted_generation)
    return { kind: 'start-router', router };
  if (compared) return { kind: 'resync', router };
  return behind ? { kind: 'apply', router } : { kind: 'rest' };
}

/** The router that serves the network; while it is replaced, the one before its successor. */
export function currentRouter<R extends PlannedRouter>(routers: readonly R[]): R | undefined {
  return routers.find(router => router.replaces === null);
}
