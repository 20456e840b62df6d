import { defineEntity } from '../define.ts';
import { field } from '../field.ts';

export const simulatorMockEntity = defineEntity({
  name: 'simulatormock',
  fields: {
    id: field.text('Id of the mock'),
    name: field.text('Name of the command that it is about'),
    count: field.whole('How many commands it is still about; absent for any number'),
    value: field.text('What becomes of the command'),
    zoneid: field.id('Zone whose hosts it is about'),
    podid: field.id('Pod whose hosts it is about'),
    clusterid: field.id('Cluster whose hosts it is about'),
    hostid: field.id('Host that it is about'),
  },
});
