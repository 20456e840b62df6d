import { defineEntity } from '../define.ts';

export const sshKeyPairEntity = defineEntity({
  name: 'sshkeypair',
  fields: {
    account: { type: 'string', description: '' },
    domain: { type: 'string', description: '' },
    domainid: { type: 'string', description: '' },
    fingerprint: { type: 'string', description: '' },
    hasannotations: { type: 'boolean', description: '' },
    id: { type: 'string', description: '' },
    name: { type: 'string', description: '' },
    project: { type: 'string', description: '' },
    projectid: { type: 'string', description: '' },
  },
});
