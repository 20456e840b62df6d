import { defineEntity } from '../define.ts';

export const createdKeyPairEntity = defineEntity({
  name: 'keypair',
  fields: {
    account: { type: 'string', description: '' },
    domain: { type: 'string', description: '' },
    domainid: { type: 'string', description: '' },
    fingerprint: { type: 'string', description: '' },
    hasannotations: { type: 'boolean', description: '' },
    id: { type: 'string', description: '' },
    name: { type: 'string', description: '' },
    privatekey: { type: 'string', description: '' },
    project: { type: 'string', description: '' },
    projectid: { type: 'string', description: '' },
  },
});
