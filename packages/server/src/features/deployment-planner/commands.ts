import type { Handlers } from '../../http/call.ts';
import { pageOfList } from '../../store/page.ts';

/** There is one way to choose a host (`reconciler/placement`), under the name that CloudStack's clients take for the usual one. */
const planners = ['FirstFitPlanner'] as const;

export const deploymentPlannerCommands = {
  listDeploymentPlanners: {
    kind: 'sync',
    run(call, params) {
      const word = params.keyword?.toLowerCase() ?? '';
      const matching = planners.filter(name => name.toLowerCase().includes(word));
      const { count, rows } = pageOfList(call, matching, params);
      return Promise.resolve({ count, items: rows.map(name => ({ name })) });
    },
  },
} satisfies Partial<Handlers>;
