import { defineCommand } from '../define.ts';
import { routerEntity } from '../entities/router.ts';
import { routerHealthChecksEntity } from '../entities/router-health-checks.ts';

export const listRouters = defineCommand({
  name: 'listRouters',
  description: '',
  async: false,
  roles: ['Root Admin'],
  params: {
    account: { type: 'string', description: '' },
    arch: { type: 'string', description: '' },
    clusterid: { type: 'uuid', description: '' },
    domainid: { type: 'uuid', description: '' },
    fetchhealthcheckresults: { type: 'boolean', description: '' },
    forvpc: { type: 'boolean', description: '' },
    healthchecksfailed: { type: 'boolean', description: '' },
    hostid: { type: 'uuid', description: '' },
    id: { type: 'uuid', description: '' },
    isrecursive: { type: 'boolean', description: '' },
    keyword: { type: 'string', description: '' },
    listall: { type: 'boolean', description: '' },
    name: { type: 'string', description: '' },
    networkid: { type: 'uuid', description: '' },
    page: { type: 'integer', description: '' },
    pagesize: { type: 'integer', description: '' },
    podid: { type: 'uuid', description: '' },
    projectid: { type: 'uuid', description: '' },
    state: { type: 'string', description: '' },
    version: { type: 'string', description: '' },
    vpcid: { type: 'uuid', description: '' },
    zoneid: { type: 'uuid', description: '' },
  },
  response: routerEntity,
  shape: 'list',
});

export const startRouter = defineCommand({
  name: 'startRouter',
  description: '',
  async: true,
  roles: ['Root Admin'],
  params: {
    id: { type: 'uuid', description: '', required: true },
  },
  response: routerEntity,
  shape: 'one',
});

export const stopRouter = defineCommand({
  name: 'stopRouter',
  description: '',
  async: true,
  roles: ['Root Admin'],
  params: {
    forced: { type: 'boolean', description: '' },
    id: { type: 'uuid', description: '', required: true },
  },
  response: routerEntity,
  shape: 'one',
});

export const rebootRouter = defineCommand({
  name: 'rebootRouter',
  description: '',
  async: true,
  roles: ['Root Admin'],
  params: {
    forced: { type: 'boolean', description: '' },
    id: { type: 'uuid', description: '', required: true },
  },
  response: routerEntity,
  shape: 'one',
});

export const destroyRouter = defineCommand({
  name: 'destroyRouter',
  description: '',
  async: true,
  roles: ['Root Admin'],
  params: {
    id: { type: 'uuid', description: '', required: true },
  },
  response: routerEntity,
  shape: 'one',
});

export const getRouterHealthCheckResults = defineCommand({
  name: 'getRouterHealthCheckResults',
  description: '',
  async: false,
  roles: ['Root Admin'],
  params: {
    performfreshchecks: { type: 'boolean', description: '' },
    routerid: { type: 'uuid', description: '', required: true },
  },
  response: routerHealthChecksEntity,
  shape: 'one',
});
