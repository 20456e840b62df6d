import { commands } from './commands/index.ts';
import type { CommandDefinition, ParamDefinition } from './define.ts';

/** `docs/api.md`: every command with its parameters, made from the definitions. */
export function renderApiDocs(): string {
  const all = Object.values<CommandDefinition>(commands).toSorted((a, b) =>
    a.name < b.name ? -1 : 1,
  );
  return `${[intro(all), ...all.map(renderCommand)].join('\n\n')}\n`;
}

function intro(all: readonly CommandDefinition[]): string {
  return [
    '# API commands',
    '',
    `The ${all.length} commands of the API at \`/client/api\`, made from the definitions in \`packages/api\` by`,
    '`node scripts/api-docs.mjs`. `listApis` gives the same, with the fields of the answers.',
    '',
    '| command | what it does | answer |',
    '| --- | --- | --- |',
    ...all.map(
      command =>
        `| [${command.name}](#${command.name.toLowerCase()}) | ${cell(command.description)} | ${answer(command)} |`,
    ),
  ].join('\n');
}

function renderCommand(command: CommandDefinition): string {
  const { refused = [] } = command;
  const lines = [
    `## ${command.name}`,
    '',
    `${command.description}.`,
    '',
    `Roles: ${command.roles.join(', ')}. Answer: ${answer(command)}.`,
  ];
  const params = Object.entries(command.params);
  if (params.length > 0) {
    lines.push('', '| parameter | type | required | meaning |', '| --- | --- | --- | --- |');
    lines.push(...params.map(([name, param]) => renderParam(name, param)));
  }
  if (refused.length > 0) {
    lines.push('', `Refused: ${refused.map(name => `\`${name}\``).join(', ')}.`);
  }
  return lines.join('\n');
}

function renderParam(name: string, param: ParamDefinition): string {
  const bounds =
    param.min === undefined && param.max === undefined
      ? ''
      : ` (${param.min ?? 'any'} to ${param.max ?? 'any'})`;
  const values = param.values === undefined ? '' : ` (${param.values.join(', ')})`;
  const meaning = cell(`${param.description}${bounds}${values}`);
  return `| \`${name}\` | ${param.type} | ${param.required ? 'yes' : ''} | ${meaning} |`;
}

function answer(command: CommandDefinition): string {
  const { name } = command.response;
  const result = {
    list: `list of \`${name}\``,
    one: `\`${name}\``,
    success: '`success`',
    bare: 'fields',
  }[command.shape];
  return command.async ? `job, then ${result}` : result;
}

function cell(text: string): string {
  return text.replaceAll('|', '\\|');
}
