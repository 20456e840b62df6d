import { defineEntity } from '../define.ts';
import { field } from '../field.ts';

export const deploymentPlannerEntity = defineEntity({
  name: 'deploymentplanner',
  fields: { name: field.text('Name of the planner') },
});
