import { IsolaError } from '@isola/model';
import type { Db } from '../../store/database.ts';
import type { ProviderName } from '../../store/schema.ts';
import {
  namesOf,
  parseServiceName,
  routerServices,
  type ServiceName,
} from '../network-offering/services.ts';

/** What each provider can give, in the order in which physical networks get them. */
export const servicesOf: Readonly<Record<ProviderName, readonly ServiceName[]>> = {
  VirtualRouter: namesOf(routerServices),
  VpcVirtualRouter: ['Dhcp', 'Dns', 'NetworkACL', 'PortForwarding', 'SourceNat', 'StaticNat'],
  InternalLbVm: ['Lb'],
};

export const providerNames = ['VirtualRouter', 'VpcVirtualRouter', 'InternalLbVm'] as const;

interface NewProvider {
  readonly physicalNetworkId: string;
  readonly name: ProviderName;
  /** Those that it is used for; all that it has when not given. */
  readonly services?: readonly ServiceName[];
  /** Whether its element is made with it. */
  readonly withElement: boolean;
}

/** Writes a provider, which is disabled; gives its id. 431 when the physical network has it. */
export async function addProvider(
  tx: Db,
  { physicalNetworkId, name, services, withElement }: NewProvider,
): Promise<string> {
  const made = await tx
    .insertInto('service_providers')
    .values({
      physical_network_id: physicalNetworkId,
      name,
      services: services === undefined ? null : [...services],
    })
    .onConflict(conflict => conflict.doNothing())
    .returning('id')
    .executeTakeFirst();
  if (made === undefined) throw refused(`The physical network has provider ${name} already`);
  if (withElement)
    await tx.insertInto('provider_elements').values({ provider_id: made.id }).execute();
  return made.id;
}

/** Enables a provider of a physical network, and its element. */
export async function enableProvider(
  tx: Db,
  physicalNetworkId: string,
  name: ProviderName,
): Promise<void> {
  const { id } = await tx
    .updateTable('service_providers')
    .set({ state: 'Enabled' })
    .where('physical_network_id', '=', physicalNetworkId)
    .where('name', '=', name)
    .returning('id')
    .executeTakeFirstOrThrow();
  await tx
    .updateTable('provider_elements')
    .set({ enabled: true })
    .where('provider_id', '=', id)
    .execute();
}

/** The provider that a text names. 431 for another. */
export function checkedProvider(text: string): ProviderName {
  const name = providerNames.find(one => one.toLowerCase() === text.toLowerCase());
  if (name === undefined)
    throw refused(`Provider ${text} is not one of ${providerNames.join(', ')}`);
  return name;
}

/** Services of a provider. 431 for one that it has not, or none. */
export function checkedServices(name: ProviderName, asked: readonly string[]): ServiceName[] {
  const services = asked.map(text => {
    const service = parseServiceName(text);
    if (service === null || !servicesOf[name].includes(service))
      throw refused(`Provider ${name} has no service ${text}: ${servicesOf[name].join(', ')}`);
    return service;
  });
  if (services.length === 0) throw refused(`Provider ${name} needs at least one service`);
  return [...new Set(services)];
}

function refused(reason: string): IsolaError {
  return new IsolaError('refused_value', { reason });
}
