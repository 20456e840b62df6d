/**
 * User and group 0 of every container on the host: the last block of the range that distributions reserve for
 * containers, so that it meets neither users nor `/etc/subuid` defaults. Images are stored shifted to it.
 */
export const idBase = 1_878_982_656;
export const idCount = 65_536;
