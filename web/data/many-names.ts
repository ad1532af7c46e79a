/** Whether a name in the record stands for all below it: a phone that makes names up has them counted together. */
export const standsForMany = (name: string): boolean => name === '*' || name.startsWith('*.');
