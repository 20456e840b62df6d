import { defineEntity } from '../define.ts';
import { field } from '../field.ts';

export const networkProtocolEntity = defineEntity({
  name: 'networkprotocol',
  fields: {
    description: field.text('What it is for'),
    details: field.map('Codes of an ICMP type with what each means'),
    index: field.whole('Its number'),
    name: field.text('Name, for example tcp'),
  },
});
