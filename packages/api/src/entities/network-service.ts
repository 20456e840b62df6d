import { defineEntity } from '../define.ts';
import { field } from '../field.ts';
import { providerFields } from './network-service-provider.ts';

/** A service with what can be chosen about it and who provides it. */
export const serviceFields = {
  capability: field.objects('What it can do', {
    canchooseservicecapability: field.flag('Whether an offering can choose it'),
    name: field.text('Name of the capability'),
    value: field.text('Its value'),
  }),
  name: field.text('Name of the service'),
  provider: field.objects('Who provides it', providerFields),
} as const;

export const networkServiceEntity = defineEntity({
  name: 'networkservice',
  fields: serviceFields,
});
