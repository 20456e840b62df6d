import type { InstanceRow } from '../../store/schema.ts';

export type PlannedInstance = Pick<
  InstanceRow,
  | 'state'
  | 'desired_state'
  | 'generation'
  | 'applied_generation'
  | 'reboot_generation'
  | 'migration_target'
>;

/** The one thing to do next with an instance. `record`: nothing on a host changes, the generation counts as applied. `adjust`: its host puts the running guest right. */
export type InstanceStep =
  | 'rest'
  | 'record'
  | 'start'
  | 'reboot'
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
      return instance.state === 'Stopped' || instance.state === 'Error' ? settled : 'stop';
    case 'Running':
      if (instance.state !== 'Running') return 'start';
      if (instance.reboot_generation > instance.applied_generation) return 'reboot';
      return settled === 'record' ? 'adjust' : 'rest';
  }
}
