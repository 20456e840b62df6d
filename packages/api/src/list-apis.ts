import { commands } from './commands/index.ts';
import type {
  CommandDefinition,
  FieldDefinition,
  FieldType,
  ParamDefinition,
  ParamType,
} from './define.ts';
import { relatedCommands, relatedToParam } from './related.ts';

export interface ApiParam {
  readonly name: string;
  readonly description: string;
  readonly type: string;
  readonly required: boolean;
  readonly length?: number;
  readonly related?: string;
}

export interface ApiField {
  readonly name: string;
  readonly description: string;
  readonly type: string;
  readonly response?: readonly ApiField[];
}

/** One entry of `listApis`. */
export interface ApiDescription {
  readonly name: string;
  readonly description: string;
  readonly isasync: boolean;
  readonly related: string;
  readonly params: readonly ApiParam[];
  readonly response: readonly ApiField[];
}

const jobField: ApiField = {
  name: 'jobid',
  description: 'Id of the job that does it',
  type: 'string',
};

/** What `listApis` tells a caller who may call these commands, by name; only the command `name` (in any letter case) if given. */
export function describeApis(
  allowed: (command: CommandDefinition) => boolean,
  name?: string,
): readonly ApiDescription[] {
  const all = Object.values<CommandDefinition>(commands)
    .filter(allowed)
    .toSorted((a, b) => (a.name < b.name ? -1 : 1));
  const wanted = name?.toLowerCase();
  return all
    .filter(command => wanted === undefined || command.name.toLowerCase() === wanted)
    .map(command => describe(command, all));
}

function describe(command: CommandDefinition, all: readonly CommandDefinition[]): ApiDescription {
  const fields = Object.entries(command.response.fields).map(describeField);
  return {
    name: command.name,
    description: command.description,
    isasync: command.async,
    related: relatedCommands(command, all),
    params: Object.entries(command.params).map(([name, param]) =>
      describeParam(name, param, relatedToParam(command, name, all)),
    ),
    response: command.async ? [...fields, jobField] : fields,
  };
}

function describeParam(name: string, param: ParamDefinition, related?: string): ApiParam {
  return {
    name,
    description: param.description,
    type: paramTypeName(param.type),
    required: param.required ?? false,
    ...(param.type === 'string' ? { length: param.length ?? 255 } : {}),
    ...(related === undefined ? {} : { related }),
  };
}

function describeField([name, field]: [string, FieldDefinition]): ApiField {
  return {
    name,
    description: field.description,
    type: fieldTypeName(field.type),
    ...(field.fields === undefined
      ? {}
      : { response: Object.entries(field.fields).map(describeField) }),
  };
}

function paramTypeName(type: ParamType): string {
  return type === 'uuidlist' ? 'list' : type;
}

/** The names that CloudStack's generators of typed clients know. */
const fieldTypeNames = { number: 'double', any: 'responseobject', uuid: 'string' } as const;

function fieldTypeName(type: FieldType): string {
  return type === 'number' || type === 'any' || type === 'uuid' ? fieldTypeNames[type] : type;
}
