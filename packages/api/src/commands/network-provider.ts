import { defineCommand } from '../define.ts';
import { internalLoadBalancerElementEntity } from '../entities/internal-load-balancer-element.ts';
import { networkServiceEntity } from '../entities/network-service.ts';
import { networkServiceProviderEntity } from '../entities/network-service-provider.ts';
import { successEntity } from '../entities/success.ts';
import { virtualRouterElementEntity } from '../entities/virtual-router-element.ts';
import { param, required } from '../param.ts';
import { pageParams } from './common.ts';

export const listNetworkServiceProviders = defineCommand({
  name: 'listNetworkServiceProviders',
  description: 'Lists what provides network services on a physical network',
  async: false,
  roles: ['Root Admin'],
  params: {
    ...pageParams,
    name: param.text('Show only the provider of this name, for example VirtualRouter'),
    physicalnetworkid: param.id('Show only providers of this physical network'),
    state: param.text('Show only providers in this state: Enabled or Disabled'),
  },
  response: networkServiceProviderEntity,
  shape: 'list',
});

export const listSupportedNetworkServices = defineCommand({
  name: 'listSupportedNetworkServices',
  description: 'Lists network services, their providers and what can be chosen about them',
  async: false,
  roles: ['Root Admin'],
  params: {
    ...pageParams,
    provider: param.text('Show only services of this provider'),
    service: param.text('Show only the service of this name'),
  },
  response: networkServiceEntity,
  shape: 'list',
});

export const addNetworkServiceProvider = defineCommand({
  name: 'addNetworkServiceProvider',
  description: 'Adds a provider of network services to a physical network',
  async: true,
  roles: ['Root Admin'],
  params: {
    name: param.text('VirtualRouter, VpcVirtualRouter or InternalLbVm', required),
    physicalnetworkid: param.id('Id of the physical network', required),
    servicelist: param.list('Services that it is used for; all of its own when not given'),
  },
  refused: ['destinationphysicalnetworkid'],
  response: networkServiceProviderEntity,
  shape: 'one',
  event: 'SERVICE.PROVIDER.CREATE',
});

export const updateNetworkServiceProvider = defineCommand({
  name: 'updateNetworkServiceProvider',
  description: 'Enables or disables a provider of network services, or changes its services',
  async: true,
  roles: ['Root Admin'],
  params: {
    id: param.id('Id of the provider', required),
    servicelist: param.list('Services that it is used for'),
    state: param.text('Enabled or Disabled; it can be enabled when its element is'),
  },
  response: networkServiceProviderEntity,
  shape: 'one',
  event: 'SERVICE.PROVIDER.UPDATE',
});

export const deleteNetworkServiceProvider = defineCommand({
  name: 'deleteNetworkServiceProvider',
  description: 'Takes a provider that no network uses off its physical network',
  async: true,
  roles: ['Root Admin'],
  params: {
    id: param.id('Id of the provider', required),
  },
  response: successEntity,
  shape: 'success',
  event: 'SERVICE.PROVIDER.DELETE',
});

const elementFilters = {
  ...pageParams,
  enabled: param.flag('Show only elements that are (or are not) enabled'),
  id: param.id('Show only this element'),
  nspid: param.id('Show only the element of this provider'),
} as const;
const configured = {
  enabled: param.flag('Whether it is enabled', required),
  id: param.id('Id of the element', required),
} as const;

export const listVirtualRouterElements = defineCommand({
  name: 'listVirtualRouterElements',
  description: 'Lists what the providers of virtual routers consist of',
  async: false,
  roles: ['Root Admin'],
  params: elementFilters,
  response: virtualRouterElementEntity,
  shape: 'list',
});

export const createVirtualRouterElement = defineCommand({
  name: 'createVirtualRouterElement',
  description: 'Gives a provider of virtual routers its element',
  async: true,
  roles: ['Root Admin'],
  params: {
    nspid: param.id('Id of the provider', required),
    providertype: param.id('VirtualRouter or VPCVirtualRouter; that of the provider'),
  },
  response: virtualRouterElementEntity,
  shape: 'one',
  event: 'NETWORK.ELEMENT.CONFIGURE',
});

export const configureVirtualRouterElement = defineCommand({
  name: 'configureVirtualRouterElement',
  description: 'Enables or disables the element of a provider of virtual routers',
  async: true,
  roles: ['Root Admin'],
  params: configured,
  response: virtualRouterElementEntity,
  shape: 'one',
  event: 'NETWORK.ELEMENT.CONFIGURE',
});

export const listInternalLoadBalancerElements = defineCommand({
  name: 'listInternalLoadBalancerElements',
  description: 'Lists what the providers of internal load balancers consist of',
  async: false,
  roles: ['Root Admin'],
  params: elementFilters,
  response: internalLoadBalancerElementEntity,
  shape: 'list',
});

export const createInternalLoadBalancerElement = defineCommand({
  name: 'createInternalLoadBalancerElement',
  description: 'Gives a provider of internal load balancers its element',
  async: true,
  roles: ['Root Admin'],
  params: {
    nspid: param.id('Id of the provider', required),
  },
  response: internalLoadBalancerElementEntity,
  shape: 'one',
  event: 'NETWORK.ELEMENT.CONFIGURE',
});

export const configureInternalLoadBalancerElement = defineCommand({
  name: 'configureInternalLoadBalancerElement',
  description: 'Enables or disables the element of a provider of internal load balancers',
  async: true,
  roles: ['Root Admin'],
  params: configured,
  response: internalLoadBalancerElementEntity,
  shape: 'one',
  event: 'NETWORK.ELEMENT.CONFIGURE',
});
