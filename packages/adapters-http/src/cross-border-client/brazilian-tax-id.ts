/**
 * The numbers by which people (CPF) and companies (CNPJ) are known to the Brazilian tax office. Two check digits, modulo
 * 11, catch a mistyped one before money is sent after it. Since July 2026 a CNPJ may have letters (IN RFB 2.229/2024).
 */

/**
 * Whether a text is a CPF, with or without its punctuation.
 *
 * @example
 * isCpf("529.982.247-25") // => true
 * isCpf("529.982.247-26") // => false
 */
export const isCpf = (text: string): boolean => {
  if (!/^(?:\d{11}|\d{3}\.\d{3}\.\d{3}-\d{2})$/u.test(text)) return false
  return hasCheckDigits(plain(text), 9, [cpfWeights.slice(1), cpfWeights])
}

/**
 * Whether a text is a CNPJ, with or without its punctuation.
 *
 * @example
 * isCnpj("11.222.333/0001-81") // => true
 * isCnpj("12.ABC.345/01DE-35") // => true
 * isCnpj("11.222.333/0001-80") // => false
 */
export const isCnpj = (text: string): boolean => {
  if (!/^(?:[\dA-Z]{12}\d{2}|[\dA-Z]{2}\.[\dA-Z]{3}\.[\dA-Z]{3}\/[\dA-Z]{4}-\d{2})$/u.test(text)) return false
  return hasCheckDigits(plain(text), 12, [cnpjWeights.slice(1), cnpjWeights])
}

const plain = (text: string): string => text.replaceAll(/[./-]/gu, "")

const cpfWeights = [11, 10, 9, 8, 7, 6, 5, 4, 3, 2]
const cnpjWeights = [6, 5, 4, 3, 2, 9, 8, 7, 6, 5, 4, 3, 2]

const hasCheckDigits = (text: string, length: number, weights: ReadonlyArray<ReadonlyArray<number>>): boolean => {
  // All digits alike pass the sum, and are nobody's.
  if (new Set(text).size === 1) return false
  return weights.every((row, place) => checkDigit(text.slice(0, length + place), row) === text[length + place])
}

const checkDigit = (text: string, weights: ReadonlyArray<number>): string => {
  // Digits count as themselves, letters by their place in ASCII from the same zero.
  const sum = weights.reduce((total, weight, at) => total + weight * (text.charCodeAt(at) - 48), 0)
  const rest = sum % 11
  return rest < 2 ? "0" : String(11 - rest)
}
