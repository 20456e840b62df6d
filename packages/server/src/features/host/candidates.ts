import { sql } from 'kysely';
import type { Call } from '../../http/call.ts';
import { placementOf } from '../../reconciler/instance/place.ts';
import { unsuitableHosts } from '../../reconciler/placement/place.ts';
import type { HostRow } from '../../store/schema.ts';
import { ownedInstance } from '../instance/repository.ts';
import type { selectHosts } from './repository.ts';

type Query = ReturnType<typeof selectHosts>;

/** The hosts that an instance could be moved to, as far as they are in its zone. */
export interface Candidates {
  /** The others of its zone. */
  among(hosts: Query): Query;
  /** Whether it could be moved there now. */
  suits(host: HostRow): boolean;
  /** Whether its disk would be copied: the hosts share none. */
  copiesDisk(host: HostRow): boolean;
}

/** What moving the instance asks of hosts. Containers are not moved: no host suits. 431 for an id that names no instance. */
export async function candidatesFor(call: Call, virtualmachineid: string): Promise<Candidates> {
  const named = { parameter: 'virtualmachineid', id: virtualmachineid };
  const instance = await ownedInstance(call, named);
  const placement = await placementOf(call.tx, instance, {
    moves: true,
    avoid: instance.host_id === null ? [] : [instance.host_id],
  });
  const unsuitable = await unsuitableHosts(call.tx, placement);
  const here = await call.tx
    .selectFrom('hosts')
    .selectAll()
    .where('id', '=', instance.host_id ?? instance.last_host_id)
    .executeTakeFirst();
  const runs = instance.state === 'Running';
  return {
    among: hosts =>
      hosts
        .where('hosts.zone_id', '=', instance.zone_id)
        .where(sql<boolean>`hosts.id is distinct from ${here?.id ?? null}::uuid`),
    suits: host => runs && host.hypervisor !== 'LXC' && unsuitable.get(host.id) === null,
    copiesDisk: host =>
      host.shared_storage === null || host.shared_storage !== here?.shared_storage,
  };
}
