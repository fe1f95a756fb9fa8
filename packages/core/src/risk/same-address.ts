/**
 * One spelling for addresses that mean the same, so that changing the case of a letter does not make a new payer.
 */

/**
 * An email or IP address as it is indexed and counted.
 *
 * @example
 * sameAddress(" Ada@Example.org") // => "ada@example.org"
 */
export const sameAddress = (address: string): string => address.trim().toLowerCase()
