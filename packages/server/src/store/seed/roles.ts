import { type CommandDefinition, commands } from '@isola/api';
import { appendRules, type NewRule, rulesOf } from '../../features/role/repository.ts';
import type { Tx } from '../database.ts';
import type { RoleKind } from '../schema.ts';

const everything: NewRule = { rule: '*', permission: 'allow', description: '' };
const nothingElse: NewRule = { rule: '*', permission: 'deny', description: '' };

const reading = ['list*', 'get*', 'query*', 'find*', 'is*', 'logout'];
/** What reads, and yet gives away what lets others act. */
const secrets = ['getUserKeys', 'getVMPassword', 'getUser'];
/** What helping customers takes beyond reading. */
const supporting = [
  'startVirtualMachine',
  'stopVirtualMachine',
  'rebootVirtualMachine',
  'startRouter',
  'stopRouter',
  'rebootRouter',
  'restartNetwork',
  'runDiagnostics',
  'getDiagnosticsData',
  'createTags',
  'deleteTags',
  'prepareHostForMaintenance',
  'cancelHostMaintenance',
  'reconnectHost',
];

/** Puts the rules of the roles that came with the installation right: they follow the commands that there are. */
export async function seedRoles(tx: Tx): Promise<void> {
  const wanted: Readonly<Record<string, readonly NewRule[]>> = {
    'Root Admin': [everything],
    'Resource Admin': ofKind('Resource Admin'),
    'Domain Admin': ofKind('Domain Admin'),
    User: ofKind('User'),
    'Read-Only Admin - Default': onlyTo('Root Admin', reading),
    'Read-Only User - Default': onlyTo('User', reading),
    'Support Admin - Default': onlyTo('Root Admin', [...reading, ...supporting]),
    'Support User - Default': onlyTo('User', [...reading, ...supporting]),
  };
  for (const [name, rules] of Object.entries(wanted)) await setRules(tx, name, rules);
}

function ofKind(kind: RoleKind): readonly NewRule[] {
  return commandsOf(kind).map(allow);
}

/** The commands of the kind that are among `patterns`, but those that give away secrets. */
function onlyTo(kind: RoleKind, patterns: readonly string[]): readonly NewRule[] {
  const denied = secrets.map((rule): NewRule => ({ rule, permission: 'deny', description: '' }));
  if (kind === 'Root Admin') return [...denied, ...patterns.map(allow), nothingElse];
  const mine = commandsOf(kind).filter(name =>
    patterns.some(pattern =>
      pattern.endsWith('*') ? name.startsWith(pattern.slice(0, -1)) : name === pattern,
    ),
  );
  return [...denied, ...mine.map(allow), nothingElse];
}

function commandsOf(kind: RoleKind): readonly string[] {
  return Object.values<CommandDefinition>(commands)
    .filter(command => command.roles.includes(kind))
    .map(command => command.name)
    .toSorted();
}

function allow(rule: string): NewRule {
  return { rule, permission: 'allow', description: '' };
}

async function setRules(tx: Tx, name: string, rules: readonly NewRule[]): Promise<void> {
  const { id } = await tx
    .selectFrom('roles')
    .select('id')
    .where('name', '=', name)
    .where('is_default', '=', true)
    .executeTakeFirstOrThrow();
  const text = (rule: NewRule): string => `${rule.rule} ${rule.permission}`;
  const found = await rulesOf(tx, id);
  if (found.map(text).join() === rules.map(text).join()) return;
  await tx.deleteFrom('role_rules').where('role_id', '=', id).execute();
  await appendRules(tx, id, rules);
}
