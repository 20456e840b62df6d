import type { Convergence } from '../convergence.ts';

/** Keeps every host told of the underlay addresses of the others of its zone. */
export interface Neighbours {
  /** Tells the connected hosts for which they changed. */
  tell(): Promise<void>;
  /** The host is to be told again. */
  forget(hostId: string): void;
}

export function createNeighbours({
  db,
  fleet,
  log,
}: Pick<Convergence, 'db' | 'fleet' | 'log'>): Neighbours {
  const told = new Map<string, string>();
  return {
    async tell() {
      const hosts = await db
        .selectFrom('hosts')
        .select(['id', 'zone_id', 'underlay_address'])
        .where('state', '<>', 'Removed')
        .orderBy('seq')
        .execute();
      const connected = new Set(fleet.connected());
      for (const { id, zone_id } of hosts.filter(host => connected.has(host.id))) {
        const others = hosts.filter(other => other.zone_id === zone_id && other.id !== id);
        const addresses = others.flatMap(other => other.underlay_address ?? []);
        const text = addresses.join(' ');
        if (told.get(id) === text) continue;
        try {
          await fleet.of(id).setNeighbours(addresses);
          told.set(id, text);
        } catch (error) {
          log.debug({ err: error, hostId: id }, 'a host could not be told of its neighbours');
        }
      }
    },
    forget(hostId) {
      told.delete(hostId);
    },
  };
}
