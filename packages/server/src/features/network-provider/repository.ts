import { identified, unknownId } from '../../access/access.ts';
import type { Call } from '../../http/call.ts';
import type { Db } from '../../store/database.ts';
import type { ProviderName, ServiceProviderRow } from '../../store/schema.ts';

interface Named {
  readonly parameter: string;
  readonly id: string;
}

/** Providers whose element is a virtual router's. */
export const routerProviders: readonly ProviderName[] = ['VirtualRouter', 'VpcVirtualRouter'];
export const balancerProviders: readonly ProviderName[] = ['InternalLbVm'];

export function selectProviders(db: Db) {
  return db
    .selectFrom('service_providers')
    .innerJoin('physical_networks', 'physical_networks.id', 'service_providers.physical_network_id')
    .selectAll('service_providers')
    .orderBy('service_providers.seq');
}

/** Elements of providers of some names, with the name. */
export function selectElements(db: Db, of: readonly ProviderName[]) {
  return db
    .selectFrom('provider_elements')
    .innerJoin('service_providers', 'service_providers.id', 'provider_elements.provider_id')
    .selectAll('provider_elements')
    .select('service_providers.name')
    .where('service_providers.name', 'in', [...of])
    .orderBy('provider_elements.seq');
}

/** The provider's row, locked for a change. 431 when there is none of that id. */
export async function lockProvider(call: Call, named: Named): Promise<ServiceProviderRow> {
  const provider = await call.tx
    .selectFrom('service_providers')
    .selectAll()
    .where(identified(named.id))
    .forUpdate()
    .executeTakeFirst();
  if (provider === undefined) throw unknownId(call, named);
  return provider;
}
