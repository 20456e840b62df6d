import fc from 'fast-check';
import { expect, test } from 'vitest';
import { type PlannedNetwork, type PlannedRouter, planNetwork } from './plan.ts';

const generation = fc.integer({ min: 0, max: 3 });

const network: fc.Arbitrary<PlannedNetwork> = fc.record({
  guest_type: fc.constantFrom('Isolated', 'Shared', 'L2'),
  state: fc.constantFrom('Allocated', 'Implementing', 'Implemented', 'Shutdown'),
  desired_state: fc.constantFrom('Allocated', 'Implemented', 'Destroyed'),
  generation: fc.constant(3),
  applied_generation: generation,
  resync_generation: generation,
  replace_generation: generation,
} as const);

const router: fc.Arbitrary<PlannedRouter> = fc.record({
  id: fc.uuid(),
  state: fc.constantFrom('Starting', 'Running', 'Stopping', 'Stopped'),
  desired_state: fc.constantFrom('Running', 'Stopped', 'Destroyed'),
  replaces: fc.constant(null),
  reboot_generation: generation,
  rebooted_generation: generation,
} as const);

interface World {
  network: PlannedNetwork;
  routers: PlannedRouter[];
  gone: boolean;
}

/** What each step does to the rows when it succeeds. */
function carriedOut(world: World): World | 'rest' {
  const { network: now, routers } = world;
  const step = planNetwork({ network: now, routers, occupied: false });
  const applied = { ...now, applied_generation: now.generation };
  const running: PlannedRouter = {
    id: 'new',
    state: 'Running',
    desired_state: 'Running',
    replaces: null,
    reboot_generation: 0,
    rebooted_generation: 0,
  };
  switch (step.kind) {
    case 'rest':
      return 'rest';
    case 'implement':
      return {
        ...world,
        network: { ...applied, state: 'Implemented' },
        routers: now.guest_type === 'L2' ? [] : [running],
      };
    case 'shutdown':
      return { ...world, network: { ...applied, state: 'Allocated' }, routers: [] };
    case 'destroy':
      return { ...world, gone: true };
    case 'record':
    case 'apply':
    case 'resync':
      return { ...world, network: applied };
    case 'replace-router':
      return { ...world, network: applied, routers: [running] };
    case 'remove-router':
      return { ...world, routers: routers.filter(one => one !== step.router) };
    case 'stop-router':
      return { ...world, network: applied, routers: [{ ...step.router, state: 'Stopped' }] };
    case 'start-router': {
      const { reboot_generation: rebooted } = step.router;
      const started = { ...step.router, state: 'Running' as const, rebooted_generation: rebooted };
      return { ...world, network: applied, routers: [started] };
    }
  }
}

test('from any state the steps end, with the network as it was asked to be', () => {
  fc.assert(
    fc.property(network, fc.option(router, { nil: undefined }), (start, one) => {
      // A network that is Allocated has no router, and an L2 network never has one.
      const bare = start.state === 'Allocated' || start.guest_type === 'L2';
      const routers = one === undefined || bare ? [] : [one];
      let world: World = { network: start, routers, gone: false };
      for (let steps = 0; steps < 8; steps += 1) {
        if (world.gone) {
          expect(start.desired_state).toBe('Destroyed');
          return;
        }
        const next = carriedOut(world);
        if (next === 'rest') {
          expect(world.network.state).toBe(start.desired_state);
          expect(world.network.applied_generation).toBe(3);
          for (const left of world.routers) expect(left.state).toBe(left.desired_state);
          return;
        }
        world = next;
      }
      expect.unreachable('the steps do not end');
    }),
    { numRuns: 1000 },
  );
});
