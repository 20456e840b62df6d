import { IsolaError } from '@isola/model';
import { identified, unknownId } from '../../access/access.ts';
import type { Call, Intent } from '../../http/call.ts';
import { createJob } from '../../jobs/create.ts';
import { placeRouter } from '../../reconciler/network/router-host.ts';
import type { HostRow, NetworkRow, RowPatch } from '../../store/schema.ts';
import { hostInZone } from '../host/repository.ts';
import { raiseGeneration } from '../network/generation.ts';
import { ownedRouter, type ShownRouter } from './repository.ts';

/** Writes down what is asked of a router; its network's generation carries it. */
export async function changeRouter(
  call: Call,
  router: ShownRouter,
  patch: (generation: number) => RowPatch<'routers'>,
): Promise<Intent> {
  const { network_id: networkId, id } = router;
  const generation = await raiseGeneration(call.tx, networkId);
  await call.tx
    .updateTable('routers')
    .set({ desired_state: router.desired_state, ...patch(generation) })
    .where('id', '=', id)
    .execute();
  return {
    object: { type: 'DomainRouter', id },
    waits: { kind: 'network', id: networkId, generation },
  };
}

/** Refuses (431) a router that is being removed. */
export function requireStanding(router: ShownRouter): void {
  if (router.desired_state === 'Destroyed')
    throw refused(`Router ${router.name} is being destroyed`);
}

interface NewSize {
  readonly id: string;
  readonly serviceofferingid: string;
}

/**
 * Gives a router another size, for which its host must have room. One that runs is replaced by one of that size, which takes
 * its addresses and connections over, where `replacing` allows it; else it must be stopped.
 */
export async function resizeRouter(
  call: Call,
  { id, serviceofferingid }: NewSize,
  replacing: boolean,
): Promise<Intent> {
  const router = await ownedRouter(call, { parameter: 'id', id });
  requireStanding(router);
  const { name, state } = router;
  if (state !== 'Stopped' && !(replacing && state === 'Running'))
    throw refused(`Unable to change the size of router ${name}: it is ${state}, not Stopped`);
  const offering = await call.tx
    .selectFrom('service_offerings')
    .select('id')
    .where(identified(serviceofferingid))
    .where('is_system', '=', true)
    .where('state', '=', 'Active')
    .where('system_vm_type', '=', 'domainrouter')
    .executeTakeFirst();
  if (offering === undefined)
    throw unknownId(call, { parameter: 'serviceofferingid', id: serviceofferingid });
  await call.tx
    .updateTable('routers')
    .set({ service_offering_id: offering.id })
    .where('id', '=', router.id)
    .execute();
  await requireRoom(call, router, { hostId: router.host_id });
  if (state === 'Running') return replace(call, router, {});
  return { object: { type: 'DomainRouter', id: router.id }, waits: null };
}

interface Move {
  readonly virtualmachineid: string;
  readonly hostid?: string;
  readonly autoselect?: boolean;
}

/** Moves a running router to another host: a successor is up there, with its addresses and MACs, before it goes. */
export async function moveRouter(call: Call, params: Move): Promise<Intent> {
  const named = { parameter: 'virtualmachineid', id: params.virtualmachineid };
  const router = await ownedRouter(call, named);
  requireStanding(router);
  if (router.state !== 'Running')
    throw refused(`Unable to migrate router ${router.name}: it is ${router.state}, not Running`);
  if (params.hostid === undefined && params.autoselect === false)
    throw new IsolaError('missing_parameter', { command: call.command, parameter: 'hostid' });
  const asked =
    params.hostid === undefined ? null : await hostInZone(call, params.hostid, router.zone_id);
  if (asked?.id === router.host_id)
    throw refused(`Router ${router.name} is on host ${asked.name} already`);
  const target = await requireRoom(call, router, {
    hostId: asked?.id ?? null,
    avoid: [router.host_id],
  });
  return replace(call, router, { requested_host_id: target.id });
}

/**
 * Replaces a router by one of the newest system template, as a job of its own; gives the job's id.
 */
export async function upgradeRouter(call: Call, router: ShownRouter): Promise<string> {
  const intent = await replace(call, router, {});
  call.wake('network', router.network_id);
  const job = await createJob(
    { ...call, command: 'rebootRouter' },
    {
      params: { id: router.id },
      intent,
      owner: { account_id: router.account_id, domain_id: router.domain_id },
    },
  );
  return job.id;
}

/** Asks for a successor. */
async function replace(
  call: Call,
  router: ShownRouter,
  patch: RowPatch<'routers'>,
): Promise<Intent> {
  const intent = await changeRouter(call, router, () => patch);
  await call.tx
    .updateTable('networks')
    .set({ replace_generation: intent.waits?.generation ?? 0 })
    .where('id', '=', router.network_id)
    .execute();
  return intent;
}

/** The host that would take the router. Throws `insufficient_capacity` when none does. */
async function requireRoom(
  call: Call,
  router: ShownRouter,
  where: { readonly hostId: string | null; readonly avoid?: readonly string[] },
): Promise<HostRow> {
  const network: NetworkRow = await call.tx
    .selectFrom('networks')
    .selectAll()
    .where('id', '=', router.network_id)
    .executeTakeFirstOrThrow();
  return (await placeRouter(call.tx, network, { ...where, self: router.id })).host;
}

function refused(reason: string): IsolaError {
  return new IsolaError('refused_value', { reason });
}
