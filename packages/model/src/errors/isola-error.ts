import { type ErrorCode, errorRegistry } from './registry.ts';

/** An error of the registry, with the values of its message. */
export class IsolaError extends Error {
  readonly code: ErrorCode;
  readonly details: Readonly<Record<string, string | number>>;

  constructor(code: ErrorCode, details: Record<string, string | number> = {}, cause?: unknown) {
    super(fill(errorRegistry[code].message, details), cause === undefined ? {} : { cause });
    this.name = 'IsolaError';
    this.code = code;
    this.details = details;
  }

  /** CloudStack's `errorcode`, which is the HTTP status too. */
  get status(): number {
    return errorRegistry[this.code].status;
  }

  /** CloudStack's `cserrorcode`. */
  get csCode(): number {
    return errorRegistry[this.code].csCode;
  }

  /** What the caller can do about it. */
  get hint(): string {
    return errorRegistry[this.code].hint;
  }
}

function fill(template: string, details: Record<string, string | number>): string {
  return template.replace(/\{(\w+)\}/g, (place, name: string) => String(details[name] ?? place));
}
