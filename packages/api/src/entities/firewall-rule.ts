import { defineEntity } from '../define.ts';

export const firewallRuleEntity = defineEntity({
  name: 'firewallrule',
  fields: {
    cidrlist: { type: 'string', description: '' },
    destcidrlist: { type: 'string', description: '' },
    endport: { type: 'integer', description: '' },
    fordisplay: { type: 'boolean', description: '' },
    icmpcode: { type: 'integer', description: '' },
    icmptype: { type: 'integer', description: '' },
    id: { type: 'string', description: '' },
    ipaddress: { type: 'string', description: '' },
    ipaddressid: { type: 'string', description: '' },
    networkid: { type: 'string', description: '' },
    protocol: { type: 'string', description: '' },
    startport: { type: 'integer', description: '' },
    state: { type: 'string', description: '' },
    tags: {
      type: 'list',
      description: '',
      fields: {
        account: { type: 'string', description: '' },
        customer: { type: 'string', description: '' },
        domain: { type: 'string', description: '' },
        domainid: { type: 'string', description: '' },
        domainpath: { type: 'string', description: '' },
        key: { type: 'string', description: '' },
        project: { type: 'string', description: '' },
        projectid: { type: 'string', description: '' },
        resourceid: { type: 'string', description: '' },
        resourcetype: { type: 'string', description: '' },
        value: { type: 'string', description: '' },
      },
    },
    traffictype: { type: 'string', description: '' },
  },
});
