import { defineEntity } from '../define.ts';
import { field } from '../field.ts';
import { hostEntity } from './host.ts';

export const hostForMigrationEntity = defineEntity({
  name: 'host',
  fields: {
    ...hostEntity.fields,
    requiresStorageMotion: field.flag('Whether the disk of the instance would be copied to it'),
  },
});
