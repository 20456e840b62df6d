import { defineEntity } from '../define.ts';
import { field } from '../field.ts';

export const configurationEntity = defineEntity({
  name: 'configuration',
  fields: {
    category: field.text('Category'),
    component: field.text('Part of the server that reads it'),
    defaultvalue: field.text('Value when nobody changed it'),
    description: field.text('What it does'),
    displaytext: field.text('Text shown for it'),
    group: field.text('Group'),
    id: field.whole('Id'),
    isdynamic: field.flag('Whether a change works without a restart'),
    name: field.text('Name'),
    options: field.text('Accepted values, comma-separated'),
    parent: field.text('Setting it depends on'),
    scope: field.text(
      'What the value holds for: global, or the kind of the place that was asked for',
    ),
    subgroup: field.text('Subgroup'),
    type: field.text('Type of the value'),
    value: field.text('Value'),
  },
});
