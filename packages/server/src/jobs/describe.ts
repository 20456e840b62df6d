import type { JobRow } from '../store/schema.ts';

/** The texts of a job's events. */
export function scheduled(job: Pick<JobRow, 'command' | 'object_type' | 'object_id'>): string {
  return `Scheduled ${job.command}${about(job)}`;
}

export function started(job: Pick<JobRow, 'command' | 'object_type' | 'object_id'>): string {
  return `Started ${job.command}${about(job)}`;
}

export function succeeded(job: Pick<JobRow, 'command' | 'object_type' | 'object_id'>): string {
  return `Completed ${job.command}${about(job)}`;
}

export function failed(
  job: Pick<JobRow, 'command' | 'object_type' | 'object_id'>,
  reason: string,
): string {
  return `Failed ${job.command}${about(job)}: ${reason}`;
}

function about(job: Pick<JobRow, 'object_type' | 'object_id'>): string {
  return job.object_id === null ? '' : ` of ${job.object_type ?? 'object'} ${job.object_id}`;
}
