import { defineEntity } from '../define.ts';
import { field } from '../field.ts';
import { createdFields } from './shared.ts';

export const quarantinedIpEntity = defineEntity({
  name: 'quarantinedip',
  fields: {
    ...createdFields,
    enddate: field.date('When others may have the address'),
    id: field.text('Id of the quarantine'),
    ipaddress: field.text('The address'),
    previousownerid: field.text('Id of the account that had it'),
    previousownername: field.text('Name of the account that had it'),
    removalreason: field.text('Why it was removed before its end'),
    removed: field.date('When it was removed before its end'),
    removeraccountid: field.text('Id of the account that removed it'),
  },
});
