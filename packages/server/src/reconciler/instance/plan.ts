import type { InstanceRow } from '../../store/schema.ts';

export type PlannedInstance = Pick<
  InstanceRow,
  | 'state'
  | 'desired_state'
  | 'generation'
  | 'applied_generation'
  | 'reboot_generation'
  | 'migration_target'
  | 'restoring'
>;

/** The one thing to do next with an instance. `record`: nothing on a host changes, the generation counts as applied. `adjust`: its host puts the running guest right. `restore`: its
 * disk goes, so that the next start makes a new one. */
export type InstanceStep =
  | 'rest'
  | 'record'
  | 'start'
  | 'reboot'
  | 'restore'
  | 'adjust'
  | 'migrate'
  | 'stop'
  | 'destroy'
  | 'expunge';

/** What brings an instance nearer to what is asked of it. Repeated until it says `rest`. */
export function planInstance(instance: PlannedInstance): InstanceStep {
  const settled: InstanceStep =
    instance.generation > instance.applied_generation ? 'record' : 'rest';
  // Where it runs must be known before anything else is done with it.
  if (instance.state === 'Running' && instance.migration_target !== null) return 'migrate';
  switch (instance.desired_state) {
    case 'Expunged':
      return 'expunge';
    case 'Destroyed':
      return instance.state === 'Destroyed' ? settled : 'destroy';
    case 'Stopped':
      if (instance.state !== 'Stopped' && instance.state !== 'Error') return 'stop';
      return instance.restoring ? 'restore' : settled;
    case 'Running':
      if (instance.restoring) return 'restore';
      if (instance.state !== 'Running') return 'start';
      if (instance.reboot_generation > instance.applied_generation) return 'reboot';
      return settled === 'record' ? 'adjust' : 'rest';
  }
}
