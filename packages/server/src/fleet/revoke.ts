import type { Db } from '../store/database.ts';

/** Revokes a host's certificates: its agent is cut off within a second or two, and not let in again until it joins anew. */
export async function revokeCertificates(tx: Db, hostId: string): Promise<void> {
  await tx
    .updateTable('host_certificates')
    .set({ revoked: new Date() })
    .where('host_id', '=', hostId)
    .where('revoked', 'is', null)
    .execute();
  await tx.updateTable('hosts').set({ certificate: null }).where('id', '=', hostId).execute();
}
