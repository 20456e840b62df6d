import { defineEntity } from '../define.ts';
import { field } from '../field.ts';
import { podFields, zoneFields } from './shared.ts';

export const capacityFields = {
  capacityallocated: field.whole('How much is given out, in the unit of the kind'),
  capacitytotal: field.whole('How much there is: bytes, MHz, cores, addresses or tags'),
  capacityused: field.whole('How much is in use'),
  clusterid: field.text('Id of the cluster, where one was asked for'),
  clustername: field.text('Name of that cluster'),
  name: field.text('Name of the kind, for example MEMORY'),
  percentused: field.text('Share in use, in percent'),
  ...podFields,
  type: field.whole(
    'Number of the kind: 0 memory, 1 CPU, 4 public addresses, 6 secondary storage, 7 VLANs, 90 cores',
  ),
  ...zoneFields,
} as const;

export const capacityEntity = defineEntity({ name: 'capacity', fields: capacityFields });
