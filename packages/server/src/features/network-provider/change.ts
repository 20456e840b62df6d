import type { ParamsOf } from '@isola/api';
import { IsolaError } from '@isola/model';
import { sql } from 'kysely';
import { identified, unknownId } from '../../access/access.ts';
import type { Call } from '../../http/call.ts';
import type { ProviderName, RowPatch, ServiceProviderRow } from '../../store/schema.ts';
import { lockPhysicalNetwork } from '../physical-network/repository.ts';
import { addProvider, checkedProvider, checkedServices } from './insert.ts';
import { lockProvider, selectElements } from './repository.ts';

/** Adds a provider, disabled and without its element; gives its id. */
export async function addNamedProvider(
  call: Call,
  params: ParamsOf<'addNetworkServiceProvider'>,
): Promise<string> {
  const network = await lockPhysicalNetwork(call, {
    parameter: 'physicalnetworkid',
    id: params.physicalnetworkid,
  });
  const name = checkedProvider(params.name);
  return addProvider(call.tx, {
    physicalNetworkId: network.id,
    name,
    withElement: false,
    ...(params.servicelist === undefined
      ? {}
      : { services: checkedServices(name, params.servicelist) }),
  });
}

/** Changes a provider; gives its id. 431 to enable one whose element is missing or disabled. */
export async function changeProvider(
  call: Call,
  params: ParamsOf<'updateNetworkServiceProvider'>,
): Promise<string> {
  const provider = await lockProvider(call, { parameter: 'id', id: params.id });
  const patch: RowPatch<'service_providers'> = {};
  if (params.servicelist !== undefined)
    patch.services = checkedServices(provider.name, params.servicelist);
  if (params.state !== undefined) {
    patch.state = checkedState(params.state);
    if (patch.state === 'Enabled') await insistOnElement(call, provider);
  }
  if (Object.keys(patch).length > 0)
    await call.tx
      .updateTable('service_providers')
      .set(patch)
      .where('id', '=', provider.id)
      .execute();
  return provider.id;
}

/** Deletes a provider; gives its id. 536 while networks use it. */
export async function removeProvider(call: Call, id: string): Promise<string> {
  const provider = await lockProvider(call, { parameter: 'id', id });
  const { rows } = await sql<{ name: string }>`
    select n.name from networks n join network_offerings o on o.id = n.offering_id
    where n.physical_network_id = ${provider.physical_network_id}
      and exists (select 1 from jsonb_each(o.services) service where service.value ->> 'provider' = ${provider.name})
    limit 1`.execute(call.tx);
  const [user] = rows;
  if (user !== undefined)
    throw new IsolaError('in_use', {
      reason: `Provider ${provider.name} is not deletable because network ${user.name} uses it`,
    });
  await call.tx.deleteFrom('service_providers').where('id', '=', provider.id).execute();
  return provider.id;
}

/** Gives a provider its element; gives the element's id. 431 when it has one, or is of another kind. */
export async function addElement(
  call: Call,
  { nspid, of }: { readonly nspid: string; readonly of: readonly ProviderName[] },
): Promise<string> {
  const provider = await lockProvider(call, { parameter: 'nspid', id: nspid });
  if (!of.includes(provider.name))
    throw refused(`Provider ${provider.name} has no element of this kind: ${of.join(', ')}`);
  const made = await call.tx
    .insertInto('provider_elements')
    .values({ provider_id: provider.id })
    .onConflict(conflict => conflict.doNothing())
    .returning('id')
    .executeTakeFirst();
  if (made === undefined) throw refused(`Provider ${provider.name} has its element already`);
  return made.id;
}

interface Configured {
  readonly id: string;
  readonly enabled: boolean;
  readonly of: readonly ProviderName[];
}

/** Enables or disables an element; gives its id. 431 to disable one whose provider is enabled. */
export async function configureElement(
  call: Call,
  { id, enabled, of }: Configured,
): Promise<string> {
  const element = await selectElements(call.tx, of)
    .select('service_providers.state')
    .where(identified(id, 'provider_elements'))
    .forUpdate()
    .executeTakeFirst();
  if (element === undefined) throw unknownId(call, { parameter: 'id', id });
  if (!enabled && element.state === 'Enabled')
    throw refused(`Provider ${element.name} is enabled: disable it first`);
  await call.tx
    .updateTable('provider_elements')
    .set({ enabled })
    .where('id', '=', element.id)
    .execute();
  return element.id;
}

async function insistOnElement(call: Call, provider: ServiceProviderRow): Promise<void> {
  const element = await call.tx
    .selectFrom('provider_elements')
    .select('enabled')
    .where('provider_id', '=', provider.id)
    .executeTakeFirst();
  if (element?.enabled !== true)
    throw refused(
      `Provider ${provider.name} is not ready, so it cannot be enabled: configure its element first`,
    );
}

function checkedState(text: string): 'Enabled' | 'Disabled' {
  switch (text.toLowerCase()) {
    case 'enabled':
      return 'Enabled';
    case 'disabled':
      return 'Disabled';
    case 'shutdown':
      throw refused('Updating the provider state to Shutdown is not supported');
    default:
      throw refused(`state ${text} is not one of Enabled, Disabled`);
  }
}

function refused(reason: string): IsolaError {
  return new IsolaError('refused_value', { reason });
}
