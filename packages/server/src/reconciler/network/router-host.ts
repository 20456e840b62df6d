import { IsolaError } from '@isola/model';
import type { Db } from '../../store/database.ts';
import type { HostRow, NetworkRow, RouterRow } from '../../store/schema.ts';
import { isDeadNow } from '../host/living.ts';
import { type Placement, placeOn } from '../placement/place.ts';
import { drawControlAddress } from './router-row.ts';
import { routerOffering } from './router-spec.ts';
import { type SystemTemplate, systemTemplates } from './system-template.ts';

/** Where a router is to run, and what it is made of there. */
export interface RouterPlace {
  readonly host: HostRow;
  readonly template: SystemTemplate;
}

type Choice = Pick<Placement, 'hostId' | 'avoid' | 'replaces'> & { readonly self?: string };

/** Chooses a host for a router of the network; see `placeOn`. Throws `template_unavailable` when the zone has no system template. */
export async function placeRouter(
  tx: Db,
  network: NetworkRow,
  { self, ...choice }: Choice = {},
): Promise<RouterPlace> {
  const templates = await systemTemplates(tx, network.zone_id);
  const { service_offering_id: offering, services } = await tx
    .selectFrom('network_offerings')
    .select(['service_offering_id', 'services'])
    .where('id', '=', network.offering_id)
    .executeTakeFirstOrThrow();
  const host = await placeOn(tx, {
    ...choice,
    zoneId: network.zone_id,
    size: await routerOffering(tx, (await ownSize(tx, self ?? choice.replaces)) ?? offering),
    hypervisors: [...templates.keys()],
    networkIds: [network.id],
    needsPublic: services.SourceNat !== undefined,
    self: self ?? null,
  });
  const template = templates.get(host.hypervisor);
  if (template === undefined) throw new Error(`no template for hypervisor ${host.hypervisor}`);
  return { host, template };
}

/** The service offering of its own that a router was given, and that its successor has, too. */
async function ownSize(tx: Db, routerId: string | null | undefined): Promise<string | null> {
  if (routerId === null || routerId === undefined) return null;
  const router = await tx
    .selectFrom('routers')
    .select('service_offering_id')
    .where('id', '=', routerId)
    .executeTakeFirst();
  return router?.service_offering_id ?? null;
}

/** A successor runs where it was asked for, else beside the one before, which can then hand over its connections, or else where there is room. */
export async function placeSuccessor(
  tx: Db,
  network: NetworkRow,
  previous: RouterRow | undefined,
): Promise<RouterPlace> {
  if (previous === undefined) return placeRouter(tx, network);
  const wanted = previous.requested_host_id ?? previous.host_id;
  try {
    return await placeRouter(tx, network, { replaces: previous.id, hostId: wanted });
  } catch (error) {
    if (!(error instanceof IsolaError) || error.code !== 'insufficient_capacity') throw error;
    return placeRouter(tx, network, { replaces: previous.id, avoid: [wanted] });
  }
}

/**
 * A router that does not run gets another host when its own is dead or in maintenance. Its addresses and MACs stay, but for the
 * address of its control link.
 */
export async function leaveUnusableHost(
  tx: Db,
  network: NetworkRow,
  router: RouterRow,
): Promise<RouterRow> {
  if (await isUsable(tx, router.host_id)) return router;
  const { host, template } = await placeRouter(tx, network, { self: router.id });
  return tx
    .updateTable('routers')
    .set({
      host_id: host.id,
      control_address: await drawControlAddress(tx, host.id),
      image: template.checksum,
      template_id: template.id,
    })
    .where('id', '=', router.id)
    .returningAll()
    .executeTakeFirstOrThrow();
}

async function isUsable(tx: Db, hostId: string): Promise<boolean> {
  if (await isDeadNow(tx, hostId)) return false;
  const host = await tx
    .selectFrom('hosts')
    .select('resource_state')
    .where('id', '=', hostId)
    .executeTakeFirst();
  return host?.resource_state !== 'Maintenance';
}
