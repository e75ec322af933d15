/** Enumerates the parts in a sentence: a, b and c. Undefined if there are none. */
export function enumerate(parts: readonly (string | false | undefined)[], and: string): string | undefined {
  const present = parts.filter((part): part is string => typeof part === 'string' && part !== '')
  const last = present.pop()
  return present.length === 0 ? last : `${present.join(', ')} ${and} ${last}`
}
