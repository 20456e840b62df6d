/** A router's network interfaces. */
export const controlNic = 'eth0';
export const guestNic = 'eth1';
export const publicNic = 'eth2';
