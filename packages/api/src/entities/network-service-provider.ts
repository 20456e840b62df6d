import { defineEntity } from '../define.ts';
import { field } from '../field.ts';

export const providerFields = {
  canenableindividualservice: field.flag('Whether its services can be used one by one'),
  destinationphysicalnetworkid: field.text('Id of the physical network it passes traffic to'),
  id: field.text('Id of the provider'),
  name: field.text('Name, for example VirtualRouter'),
  physicalnetworkid: field.text('Id of its physical network'),
  servicelist: field.list('Names of its services'),
  state: field.text('Enabled or Disabled'),
} as const;

export const networkServiceProviderEntity = defineEntity({
  name: 'networkserviceprovider',
  fields: providerFields,
});
