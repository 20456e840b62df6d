import type { Scope } from './scope.ts';

/**
 * A setting whose value is a whole number, of type `Boolean` 0 or 1. It takes effect without a restart.
 */
export interface SettingDefinition {
  readonly category:
    | 'Advanced'
    | 'Network'
    | 'Usage'
    | 'Account Defaults'
    | 'Domain Defaults'
    | 'Project Defaults';
  readonly type?: 'Boolean';
  readonly default: number;
  readonly min: number;
  readonly max: number;
  readonly description: string;
  /** Narrowest place that may have a value of its own; without it the whole installation has one. */
  readonly scope?: Scope;
  /** Setting without which this one means nothing. */
  readonly parent?: string;
}
