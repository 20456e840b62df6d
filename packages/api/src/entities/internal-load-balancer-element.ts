import { defineEntity } from '../define.ts';
import { field } from '../field.ts';

export const internalLoadBalancerElementEntity = defineEntity({
  name: 'internalloadbalancerelement',
  fields: {
    enabled: field.flag('Whether it is enabled'),
    id: field.text('Id of the element'),
    nspid: field.text('Id of its provider'),
  },
});
