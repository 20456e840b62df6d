import { defineEntity } from '../define.ts';
import { field } from '../field.ts';
import { zoneFields } from './shared.ts';

export const imageStoreEntity = defineEntity({
  name: 'imagestore',
  fields: {
    disksizetotal: field.whole('Size of the store in bytes'),
    disksizeused: field.whole('Bytes of it that are used'),
    hasannotations: field.flag('Whether there are notes about it that the caller may read'),
    id: field.text('Id of the image store'),
    name: field.text('Name of the image store'),
    protocol: field.text('How its files are reached: file or nfs'),
    providername: field.text('Kind of store: Local or NFS'),
    readonly: field.flag('Whether it takes no new files'),
    scope: field.text('What it serves: ZONE'),
    url: field.text('Where it is'),
    ...zoneFields,
  },
});
