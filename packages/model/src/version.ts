/** Of Isola, as in the package's `package.json`; an agent tells its server. */
export const isolaVersion = '0.1.0';
