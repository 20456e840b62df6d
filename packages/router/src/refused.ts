/** A configuration or transaction that cannot be installed; nothing was changed. */
export class Refused extends Error {
  override readonly name = 'Refused';
}
