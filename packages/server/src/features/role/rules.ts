import { IsolaError, isRoleRule } from '@isola/model';
import type { NewRule } from './repository.ts';

/** How many rules one role can have. */
export const maxRules = 1000;

/** A rule as it is stored. 431 for a text that names no command. */
export function checkedRule(given: Readonly<Record<string, string | undefined>>): NewRule {
  const { rule = '', permission = '', description = '' } = given;
  if (!isRoleRule(rule))
    throw refused(
      `rule ${rule} is not the name of an API command, in which * may stand for letters`,
    );
  const decision = permission.toLowerCase();
  if (decision !== 'allow' && decision !== 'deny')
    throw refused(`permission of the rule ${rule} must be allow or deny`);
  return { rule, permission: decision, description };
}

function refused(reason: string): IsolaError {
  return new IsolaError('refused_value', { reason });
}
