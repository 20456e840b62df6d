import { readFileSync } from 'node:fs';
import type { FieldDefinition } from '@isola/api';
import { type Answered, definitions } from './test-driver.ts';

/** Types of fields by name; of objects within an object, and of lists of them, their fields. */
interface EntityFacts {
  readonly [field: string]: string | EntityFacts;
}

const read = (path: string): unknown =>
  JSON.parse(readFileSync(new URL(path, import.meta.url), 'utf8'));

// oxlint-disable-next-line typescript/no-unsafe-type-assertion -- a file of ours
const facts = read('../../../api/src/cloudstack-facts.json') as {
  readonly commands: Readonly<Record<string, { readonly entity: string }>>;
  readonly entities: Readonly<Record<string, EntityFacts>>;
};

/** Fields by the object that they are of, by the reason why they are listed. */
type Reasons = Readonly<Record<string, Readonly<Record<string, readonly string[]>>>>;

/**
 * Fields of CloudStack's that never have a value, and fields beyond CloudStack's list, with reasons. A line that is no longer needed makes the test
 * fail.
 */
// oxlint-disable-next-line typescript/no-unsafe-type-assertion -- a file of ours
export const exceptions = read('fields.json') as {
  readonly withoutValue: Reasons;
  /** May have a value or none: it depends on the moment. */
  readonly sometimes: Reasons;
  readonly beyond: Reasons;
};

/** The facts take the objects of these for others. */
const ownObjects: Readonly<Record<string, string>> = {
  listProjectAccounts: 'projectaccount',
  listWebhookDeliveries: 'webhookdelivery',
  executeWebhookDelivery: 'webhookdelivery',
  registerUserData: 'userdata',
};

/** What the objects in the answers of a command are called in CloudStack; commands of our own answer with none of its. */
function entityOf(command: string): string | undefined {
  return ownObjects[command] ?? facts.commands[command]?.entity;
}

/** A flat list of `object.field`. */
export function listed(reasons: Reasons): string[] {
  return Object.values(reasons)
    .flatMap(objects =>
      Object.entries(objects).flatMap(([object, fields]) =>
        fields.map(field => `${object}.${field}`),
      ),
    )
    .toSorted();
}

export interface Findings {
  /** Values of another type than CloudStack's. */
  readonly wrong: readonly string[];
  /** `object.field` of what CloudStack does not list. */
  readonly beyond: readonly string[];
  /** `object.field` of CloudStack's that no answer had. */
  readonly withoutValue: readonly string[];
  /** How many fields had a value. */
  readonly fields: number;
}

/** Compares all answers with what CloudStack lists. */
export function examine(answers: readonly Answered[]): Findings {
  const wrong = new Set<string>();
  const beyond = new Set<string>();
  const seen = new Set<string>();
  const entities = new Set<string>();
  for (const { command, objects } of answers) {
    const definition = definitions.get(command);
    const entity = entityOf(command);
    if (definition === undefined || entity === undefined || definition.shape === 'success')
      continue;
    entities.add(entity);
    const theirs = facts.entities[entity];
    for (const object of objects)
      walk({ ours: definition.response.fields, theirs, at: entity }, object);
  }
  const all = [...entities].flatMap(entity =>
    Object.keys(facts.entities[entity] ?? {}).map(field => `${entity}.${field}`),
  );
  return {
    wrong: [...wrong].toSorted(),
    beyond: [...beyond].toSorted(),
    withoutValue: all.filter(field => !seen.has(field)).toSorted(),
    fields: seen.size,
  };

  function walk(place: Place, object: object): void {
    for (const [name, value] of Object.entries(object) as [string, unknown][]) {
      const at = `${place.at}.${name}`;
      const their = place.theirs?.[name];
      const our = place.ours[name];
      seen.add(at);
      if (our === undefined) wrong.add(`${at} is not declared`);
      if (place.theirs !== undefined && their === undefined) beyond.add(at);
      for (const type of [our?.type, typeof their === 'string' ? their : undefined])
        if (type !== undefined && !isOfType(value, type))
          wrong.add(`${at} is ${JSON.stringify(value)}, not of type ${type}`);
      const within = our?.fields;
      if (within === undefined || typeof value !== 'object' || value === null) continue;
      const next = { ours: within, theirs: typeof their === 'object' ? their : undefined, at };
      for (const item of Array.isArray(value) ? (value as unknown[]) : [value])
        if (typeof item === 'object' && item !== null) walk(next, item);
    }
  }
}

interface Place {
  readonly ours: Readonly<Record<string, FieldDefinition>>;
  readonly theirs: EntityFacts | undefined;
  readonly at: string;
}

const uuid = /^[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}$/;
const date = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d[+-]\d{4}$/;

function isOfType(value: unknown, type: string): boolean {
  switch (type) {
    case 'string':
      return typeof value === 'string';
    case 'uuid':
      return typeof value === 'string' && uuid.test(value);
    case 'date':
      return typeof value === 'string' && date.test(value);
    case 'integer':
    case 'long':
      return Number.isSafeInteger(value);
    case 'number':
      return typeof value === 'number';
    case 'boolean':
      return typeof value === 'boolean';
    case 'list':
      return Array.isArray(value);
    case 'map':
      return typeof value === 'object' && value !== null && !Array.isArray(value);
    default:
      return true;
  }
}
