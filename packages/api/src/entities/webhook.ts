import { defineEntity } from '../define.ts';
import { field } from '../field.ts';
import { createdFields, ownerFields, projectFields } from './shared.ts';

export const webhookEntity = defineEntity({
  name: 'webhook',
  fields: {
    ...ownerFields,
    ...createdFields,
    description: field.text('Description'),
    id: field.text('Id of the webhook'),
    name: field.text('Name'),
    payloadurl: field.text('Where events are sent'),
    ...projectFields,
    scope: field.text('Whose events are sent: Local, Domain or Global'),
    secretkey: field.text('Key that payloads are signed with'),
    sslverification: field.flag('Whether the receiver’s certificate is checked'),
    state: field.text('Enabled or Disabled'),
  },
});

export const webhookDeliveryEntity = defineEntity({
  name: 'webhookdelivery',
  fields: {
    enddate: field.date('When it was over'),
    eventid: field.text('Id of the event'),
    eventtype: field.text('Type of the event'),
    headers: field.text('Headers that were sent'),
    id: field.text('Id of the delivery'),
    managementserverid: field.text('Id of the management server that made it'),
    managementservername: field.text('Name of that management server'),
    payload: field.text('What was sent'),
    response: field.text('What the receiver answered, or why it did not'),
    startdate: field.date('When it began'),
    success: field.flag('Whether the receiver took it'),
    webhookid: field.text('Id of the webhook'),
    webhookname: field.text('Name of the webhook'),
  },
});
