import { defineEntity } from '../define.ts';
import { field } from '../field.ts';
import { capacityFields } from './capacity.ts';
import { podFields, zoneFields } from './shared.ts';

export const clusterEntity = defineEntity({
  name: 'cluster',
  fields: {
    hasannotations: field.flag('Whether there are notes about it that the caller may read'),
    allocationstate: field.text('Whether instances are put here: Enabled or Disabled'),
    arch: field.text('Processor architecture'),
    capacity: field.objects('What its hosts have, where asked for', capacityFields),
    clustertype: field.text('Who manages it: CloudManaged'),
    cpuovercommitratio: field.text('Cores given out per core'),
    hypervisortype: field.text('Hypervisor of its hosts'),
    id: field.text('Id of the cluster'),
    managedstate: field.text('Whether its hosts are managed: Managed'),
    memoryovercommitratio: field.text('Memory given out per unit of memory'),
    name: field.text('Name of the cluster'),
    resourcedetails: field.map('What can be given out per unit of what there is'),
    ...podFields,
    ...zoneFields,
  },
});
