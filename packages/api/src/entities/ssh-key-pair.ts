import { defineEntity } from '../define.ts';
import { field } from '../field.ts';
import { projectFields } from './shared.ts';

export const keyPairFields = {
  hasannotations: field.flag('Whether there are notes about it that the caller may read'),
  account: field.text('Account that owns it'),
  domain: field.text('Name of the domain that owns it'),
  domainid: field.text('Id of the domain that owns it'),
  fingerprint: field.text('Fingerprint of the public key'),
  id: field.text('Id of the key pair'),
  name: field.text('Name of the key pair'),
  ...projectFields,
} as const;

export const sshKeyPairEntity = defineEntity({ name: 'sshkeypair', fields: keyPairFields });

/** CloudStack names the object otherwise when it was just registered. */
export const registeredKeyPairEntity = defineEntity({ name: 'keypair', fields: keyPairFields });
