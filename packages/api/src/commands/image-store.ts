import { defineCommand } from '../define.ts';
import { imageStoreEntity } from '../entities/image-store.ts';
import { successEntity } from '../entities/success.ts';
import { param, required } from '../param.ts';
import { pageParams } from './common.ts';

export const addImageStore = defineCommand({
  name: 'addImageStore',
  description: 'Adds an image store, where templates are kept',
  async: false,
  roles: ['Root Admin'],
  params: {
    name: param.text('Name of the image store; its URL when not given'),
    provider: param.text('Kind of store', { required: true, values: ['Local', 'NFS'] }),
    url: param.text('file:///folder for Local, nfs://server/folder for NFS', { length: 2048 }),
    zoneid: param.id('Zone of the image store'),
  },
  refused: ['details'],
  response: imageStoreEntity,
  shape: 'one',
  event: 'IMAGE.STORE.CREATE',
});

export const listImageStores = defineCommand({
  name: 'listImageStores',
  description: 'Lists image stores',
  async: false,
  roles: ['Root Admin'],
  params: {
    ...pageParams,
    id: param.id('Show only this image store'),
    name: param.text('Show only the image store of this name'),
    protocol: param.text('Show only image stores that are reached so: file or nfs'),
    provider: param.text('Show only image stores of this kind'),
    readonly: param.flag('Show only image stores that take (or do not take) new files'),
    zoneid: param.id('Show only image stores of this zone'),
  },
  response: imageStoreEntity,
  shape: 'list',
});

export const updateImageStore = defineCommand({
  name: 'updateImageStore',
  description: 'Renames an image store, or stops it from taking new files',
  async: false,
  roles: ['Root Admin'],
  params: {
    id: param.id('Id of the image store', required),
    name: param.text('New name'),
    readonly: param.flag('Whether it takes no new files'),
  },
  refused: ['capacitybytes'],
  response: imageStoreEntity,
  shape: 'one',
  event: 'UPDATE.IMAGE.STORE.ACCESS.STATE',
});

export const deleteImageStore = defineCommand({
  name: 'deleteImageStore',
  description: 'Removes an image store that holds no templates',
  async: false,
  roles: ['Root Admin'],
  params: {
    id: param.id('Id of the image store', required),
  },
  response: successEntity,
  shape: 'success',
  event: 'IMAGE.STORE.DELETE',
});
