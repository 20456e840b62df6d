import { type NotNull, sql } from 'kysely';
import type { Db } from '../../store/database.ts';
import type { InstanceRow } from '../../store/schema.ts';

type Holder = Pick<InstanceRow, 'id' | 'seq' | 'account_id' | 'domain_id'>;

/** Writes down the root volume of a new instance. */
export async function addVolume(tx: Db, holder: Holder, sizeBytes: number): Promise<void> {
  await tx
    .insertInto('volumes')
    .values({
      account_id: holder.account_id,
      domain_id: holder.domain_id,
      instance_id: holder.id,
      name: `ROOT-${holder.seq}`,
      size_bytes: sizeBytes,
    })
    .execute();
}

/** The instance has another disk: its volume has another id. */
export async function replaceVolume(tx: Db, holder: Holder, sizeBytes: number): Promise<void> {
  await tx.deleteFrom('volumes').where('instance_id', '=', holder.id).execute();
  await addVolume(tx, holder, sizeBytes);
}

/**
 * Volumes with what their answers show of what they belong to; callers add conditions and order. All of it is there but a host: the
 * joins are outer ones for `longPageOf`.
 */
export function selectVolumes(db: Db) {
  return db
    .selectFrom('volumes')
    .leftJoin('instances', 'instances.id', 'volumes.instance_id')
    .leftJoin('accounts', 'accounts.id', 'volumes.account_id')
    .leftJoin('domains', 'domains.id', 'volumes.domain_id')
    .leftJoin('zones', 'zones.id', 'instances.zone_id')
    .leftJoin('templates', 'templates.id', 'instances.template_id')
    .leftJoin('service_offerings', 'service_offerings.id', 'instances.service_offering_id')
    .leftJoin('hosts', join =>
      join.on(sql<boolean>`hosts.id = coalesce(instances.host_id, instances.last_host_id)`),
    )
    .leftJoin('clusters', 'clusters.id', 'hosts.cluster_id')
    .leftJoin('pods', 'pods.id', 'hosts.pod_id')
    .selectAll('volumes')
    .select([
      'accounts.name as account',
      'accounts.is_project',
      'domains.name as domain',
      'domains.path as domain_path',
      'zones.id as zone_id',
      'zones.name as zone',
      'instances.name as instance',
      'instances.display_name',
      'instances.display_vm',
      'instances.state as instance_state',
      'instances.last_host_id',
      'instances.ha_enabled',
      'templates.id as template_id',
      'templates.name as template',
      'templates.display_text as template_text',
      'templates.hypervisor',
      'service_offerings.id as offering_id',
      'service_offerings.name as offering',
      'service_offerings.display_text as offering_text',
      'hosts.shared_storage',
      'clusters.id as cluster_id',
      'clusters.name as cluster',
      'pods.id as pod_id',
      'pods.name as pod',
    ])
    .$narrowType<{
      account: NotNull;
      is_project: NotNull;
      domain: NotNull;
      domain_path: NotNull;
      zone_id: NotNull;
      zone: NotNull;
      instance: NotNull;
      display_name: NotNull;
      display_vm: NotNull;
      instance_state: NotNull;
      ha_enabled: NotNull;
      template_id: NotNull;
      template: NotNull;
      template_text: NotNull;
      hypervisor: NotNull;
      offering_id: NotNull;
      offering: NotNull;
      offering_text: NotNull;
    }>();
}

export type ShownVolume = Awaited<
  ReturnType<ReturnType<typeof selectVolumes>['executeTakeFirstOrThrow']>
>;
