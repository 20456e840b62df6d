import { memoryForGuests } from '../../reconciler/placement/place.ts';
import type { Db } from '../../store/database.ts';
import type { JobRow } from '../../store/schema.ts';
import { allocatedOn } from './capacity.ts';
import { type ShownHost, selectHosts } from './repository.ts';
import { type HostEntity, type HostPart, hostParts, hostResponse } from './response.ts';

const allParts: ReadonlySet<HostPart> = new Set(hostParts);

/** Hosts as the API shows them. */
export async function showHosts(
  db: Db,
  hosts: readonly ShownHost[],
  parts: ReadonlySet<HostPart> = allParts,
): Promise<HostEntity[]> {
  const allocated = await allocatedOn(
    db,
    hosts.map(host => host.id),
  );
  const memory = await memoryForGuests(db, hosts);
  return hosts.map(host =>
    hostResponse(host, {
      allocated: allocated(host.id),
      memory: memory(host),
      parts,
    }),
  );
}

/** One host as the API shows it; only its id when it is gone. */
export async function showHost(db: Db, id: string): Promise<HostEntity> {
  const row = await selectHosts(db).where('hosts.id', '=', id).executeTakeFirst();
  const [shown] = row === undefined ? [] : await showHosts(db, [row]);
  return shown ?? { id };
}

/** The answer of a job about a host: the host as it is. */
export function hostOfJob(db: Db, job: JobRow): Promise<HostEntity> {
  return showHost(db, job.object_id ?? '');
}

/** Parts of the answer that `details` asks for; all of them unless it names some. */
export function askedParts(details: readonly string[] | undefined): ReadonlySet<HostPart> {
  const asked = new Set((details ?? ['all']).map(detail => detail.toLowerCase()));
  return new Set(hostParts.filter(part => asked.has('all') || asked.has(part)));
}
