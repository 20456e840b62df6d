/** The CloudStack release whose API this is; clients decide by it which features to use. */
export const cloudStackVersion = '4.22.0.0';
