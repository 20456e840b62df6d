import { defineEntity } from '../define.ts';
import { field } from '../field.ts';

export const hostTokenEntity = defineEntity({
  name: 'hosttoken',
  fields: {
    id: field.id('UUID of the token'),
    token: field.text('The token: a secret, shown this once'),
    serverurl: field.text('What the agent dials'),
    zoneid: field.id('Zone of the host'),
    podid: field.id('Pod of the host'),
    clusterid: field.id('Cluster of the host'),
    clustername: field.text('Name of the cluster'),
    hypervisor: field.text('Hypervisor of the host: KVM or LXC'),
    hosttags: field.text('Tags of the host, comma-separated'),
    expires: field.date('When the token expires'),
  },
});
