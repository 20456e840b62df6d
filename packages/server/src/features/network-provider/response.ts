import type { ResultOf } from '@isola/api';
import type { Selectable } from 'kysely';
import type { ProviderElementTable, ServiceProviderRow } from '../../store/schema.ts';
import {
  namesOf,
  routerServices,
  type ServiceName,
  virtualRouter,
} from '../network-offering/services.ts';
import { servicesOf } from './insert.ts';

/** A provider as the API shows it. */
export function providerResponse(
  provider: ServiceProviderRow,
): ResultOf<'listNetworkServiceProviders'>['items'][number] {
  return {
    id: provider.id,
    name: provider.name,
    physicalnetworkid: provider.physical_network_id,
    servicelist: provider.services ?? servicesOf[provider.name],
    state: provider.state,
    canenableindividualservice: true,
  };
}

/** An element as the API shows it: of virtual routers, or of internal load balancers. */
export function elementResponse(element: Selectable<ProviderElementTable>) {
  return { id: element.id, nspid: element.provider_id, enabled: element.enabled };
}

/** A service with the capabilities that routers have for it. */
export function serviceResponse(
  name: ServiceName,
): ResultOf<'listSupportedNetworkServices'>['items'][number] {
  const capabilities = routerServices[name]?.capabilities ?? {};
  return {
    name,
    provider: [
      {
        name: virtualRouter,
        servicelist: namesOf(routerServices),
        state: 'Enabled',
        canenableindividualservice: true,
      },
    ],
    capability: Object.entries(capabilities).map(([capability, value]) => ({
      name: capability,
      value,
      canchooseservicecapability: false,
    })),
  };
}
