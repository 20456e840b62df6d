import { defineEntity } from '../define.ts';
import { tagFields } from './shared.ts';

export const tagEntity = defineEntity({ name: 'tag', fields: tagFields });
