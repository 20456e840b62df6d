import { defineEntity } from '../define.ts';
import { field } from '../field.ts';
import { ownerFields, projectFields } from './shared.ts';

export const affinityGroupFields = {
  ...ownerFields,
  dedicatedresources: field.list('Hosts that are kept for it: none'),
  description: field.text('Text shown for it'),
  id: field.text('Id of the group'),
  name: field.text('Name of the group'),
  ...projectFields,
  type: field.text('What it asks of the hosts of its instances, for example host anti-affinity'),
  virtualmachineIds: field.list('Ids of the instances in it'),
} as const;

export const affinityGroupEntity = defineEntity({
  name: 'affinitygroup',
  fields: affinityGroupFields,
});

export const affinityGroupTypeEntity = defineEntity({
  name: 'affinitygrouptype',
  fields: { type: field.text('Name of the type') },
});
