/** Normalises a number of the description for comparison: digits only, national format. `+358 29 497000` is `029497000`. */
export function digitsOf(written: string): string {
  const digits = written.replace(/[^\d+]/g, '')
  return digits.replace(/^(\+|00)358/, '0')
}
