import { defineCommand } from '../define.ts';
import { hostTokenEntity } from '../entities/host-token.ts';
import { param } from '../param.ts';

export const createHostToken = defineCommand({
  name: 'createHostToken',
  description:
    'Creates a token with which one machine can join as a host, once and within a day (Isola’s own command)',
  async: false,
  roles: ['Root Admin'],
  params: {
    zoneid: param.id('Zone of the host; the first one when not given'),
    podid: param.id('Pod of the host; the first one of the zone when not given'),
    clusterid: param.id(
      'Cluster of the host; when not given, the first one of its hypervisor in the pod, which is made if there is none',
    ),
    hypervisor: param.text('Hypervisor of the host when no cluster is given; KVM when not given', {
      values: ['KVM', 'LXC'],
    }),
    hosttags: param.list('Tags of the host'),
  },
  response: hostTokenEntity,
  shape: 'one',
  event: 'HOST.TOKEN.CREATE',
});
