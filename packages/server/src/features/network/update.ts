import type { ParamsOf } from '@isola/api';
import { formatIpv4, IsolaError, ipv4 } from '@isola/model';
import type { Call, Intent } from '../../http/call.ts';
import type { NetworkRow, RowPatch } from '../../store/schema.ts';
import { beginChange, lockNetwork, type NetworkChange } from './change.ts';
import { changeOffering } from './change-offering.ts';
import { changedMtus } from './mtu.ts';
import { ownedNetwork } from './repository.ts';
import { reservationOf } from './reservation.ts';
import { checkedDomain, checkedServers } from './values.ts';

type Request = ParamsOf<'updateNetwork'>;

/** Writes what changes of a network; what its router must know of is waited for. */
export async function updateNetwork(call: Call, params: Request): Promise<Intent> {
  const { id } = await ownedNetwork(call, { parameter: 'id', id: params.id });
  const object = { type: 'Network', id } as const;
  const texts = { ...textsOf(params), ...(await reservationOf(call, params, id)) };
  if (!concernsRouter(params)) {
    const network = await lockNetwork(call.tx, id);
    await write(call, network, texts);
    return { object, waits: null };
  }
  const change = await beginChange(call.tx, id);
  const { network, generation } = change;
  refuseForL2(params, network);
  await write(call, network, {
    ...texts,
    ...(await mtusOf(call, params, network)),
    ...headerOf(params, network),
    full_generation: generation,
  });
  if (params.sourcenatipaddress !== undefined)
    await moveSourceNat(call, change, params.sourcenatipaddress);
  if (params.networkofferingid === undefined || params.networkofferingid === network.offering_id)
    return { object, waits: change.waits };
  const waits = await changeOffering(call, change, {
    offeringId: params.networkofferingid,
    forced: params.forced === true,
  });
  return { object, waits };
}

function textsOf(params: Request): RowPatch<'networks'> {
  return {
    ...(params.name === undefined ? {} : { name: params.name }),
    ...(params.displaytext === undefined ? {} : { display_text: params.displaytext }),
    ...(params.displaynetwork === undefined ? {} : { display_network: params.displaynetwork }),
  };
}

function refuseForL2(params: Request, network: NetworkRow): void {
  if (network.guest_type !== 'L2') return;
  for (const name of ['networkdomain', 'dns1', 'dns2', 'sourcenatipaddress'] as const)
    if (params[name] !== undefined)
      throw refused(`${name} is not for L2 networks: they have no router and no addresses`);
}

function concernsRouter(params: Request): boolean {
  const { networkdomain, dns1, dns2, publicmtu, privatemtu } = params;
  const rest = [params.networkofferingid, params.sourcenatipaddress];
  return [networkdomain, dns1, dns2, publicmtu, privatemtu, ...rest].some(one => one !== undefined);
}

function headerOf(params: Request, network: NetworkRow): RowPatch<'networks'> {
  const [first, second] = network.dns;
  return {
    ...(params.networkdomain === undefined
      ? {}
      : { network_domain: checkedDomain(params.networkdomain) }),
    ...(params.dns1 === undefined && params.dns2 === undefined
      ? {}
      : { dns: checkedServers(params.dns1 ?? first, params.dns2 ?? second) }),
  };
}

/** What was not asked for, or by somebody who may only repeat the usual, stays as it is. */
async function mtusOf(
  call: Call,
  params: Request,
  network: NetworkRow,
): Promise<RowPatch<'networks'>> {
  const given = await changedMtus(call, params, network);
  return {
    ...(given.publicmtu === undefined ? {} : { public_mtu: given.publicmtu }),
    ...(given.privatemtu === undefined ? {} : { private_mtu: given.privatemtu }),
  };
}

async function write(call: Call, network: NetworkRow, patch: RowPatch<'networks'>): Promise<void> {
  if (Object.keys(patch).length === 0) return;
  await call.tx.updateTable('networks').set(patch).where('id', '=', network.id).execute();
}

/** Makes another address of the network its source NAT address; the one before stays with the network. */
async function moveSourceNat(call: Call, change: NetworkChange, wished: string): Promise<void> {
  const { network, generation } = change;
  const text = formatIpv4(ipv4(wished));
  const address = await call.tx
    .selectFrom('public_addresses')
    .selectAll()
    .where('network_id', '=', network.id)
    .where('address', '=', text)
    .where('state', 'in', ['Allocating', 'Allocated'])
    .forUpdate()
    .executeTakeFirst();
  if (address === undefined)
    throw refused(`sourcenatipaddress ${text} is not a public address of network ${network.name}`);
  if (address.static_nat_nic_id !== null)
    throw refused(`sourcenatipaddress ${text} is used for static NAT`);
  if (address.is_source_nat) return;
  await call.tx
    .updateTable('public_addresses')
    .set({ is_source_nat: false, generation })
    .where('network_id', '=', network.id)
    .where('is_source_nat', '=', true)
    .execute();
  await call.tx
    .updateTable('public_addresses')
    .set({ is_source_nat: true, generation })
    .where('id', '=', address.id)
    .execute();
}

function refused(reason: string): IsolaError {
  return new IsolaError('refused_value', { reason });
}
