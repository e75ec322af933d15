/** Enumerates the parts in a sentence: a, b and c. Undefined if there are none. */
export function enumerate(parts: readonly (string | false | undefined)[], and: string): string | undefined {
  const there = parts.filter((part): part is string => typeof part === 'string' && part !== '')
  const last = there.pop()
  return there.length === 0 ? last : `${there.join(', ')} ${and} ${last}`
}
