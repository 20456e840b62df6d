import {
  type Diagnostic,
  type DiagnosticOutcome,
  type HealthCheck,
  IsolaError,
  type RouterConfig,
  type RouterDelta,
  type RouterReport,
} from '@isola/model';
import { type RouterLink, type RouterReply, WrongBaseError } from './link.ts';

/** Installs the whole configuration. */
export async function applyConfig(link: RouterLink, config: RouterConfig): Promise<RouterReport> {
  return reportOf(await link.call({ method: 'apply', config }));
}

/** Installs a delta; `null` when the router is at another generation. */
export async function applyDelta(
  link: RouterLink,
  delta: RouterDelta,
): Promise<RouterReport | null> {
  try {
    return reportOf(await link.call({ method: 'applyDelta', delta }));
  } catch (error) {
    if (error instanceof WrongBaseError) return null;
    throw error;
  }
}

export async function resync(link: RouterLink): Promise<RouterReport> {
  return reportOf(await link.call({ method: 'resync' }));
}

export async function report(link: RouterLink): Promise<RouterReport> {
  return reportOf(await link.call({ method: 'report' }));
}

export async function healthChecks(link: RouterLink): Promise<readonly HealthCheck[]> {
  const reply = await link.call({ method: 'healthChecks' });
  if ('checks' in reply) return reply.checks;
  throw unexpected();
}

export async function diagnose(
  link: RouterLink,
  diagnostic: Diagnostic,
): Promise<DiagnosticOutcome> {
  const reply = await link.call({ method: 'diagnose', diagnostic });
  if ('outcome' in reply) return reply.outcome;
  throw unexpected();
}

/** A tar file compressed with gzip, in base64. */
export async function collectFiles(link: RouterLink, files: readonly string[]): Promise<string> {
  const reply = await link.call({ method: 'collect', files: [...files] });
  if ('archive' in reply) return reply.archive;
  throw unexpected();
}

function reportOf(reply: RouterReply): RouterReport {
  if ('report' in reply) return reply.report;
  throw unexpected();
}

function unexpected(): IsolaError {
  return new IsolaError('resource_unavailable', {
    reason: 'The router gave an answer of another kind',
  });
}
